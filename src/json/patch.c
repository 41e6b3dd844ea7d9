/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6902, applied. */
#include "json/patch.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "json/measure.h"
#include "json/pointer.h"
#include "json/read.h"

struct patching {
	json_t *root;
	const json_t *operation;
	struct measure size; /* an upper bound: what is removed is not taken off */
	struct error *err;
};

/* Where an operation writes: a member of an object, or an index of an array. */
struct place {
	json_t *parent; /* NULL: the root itself */
	struct buf key; /* of an object */
	size_t index;	/* of an array; its length is the place behind the last */
};

static void place_done_cleanup(struct place *place)
{
	buf_done(&place->key);
}

static int patching_pointer(struct patching *p, const char *member, const char **ret)
{
	const char *pointer = json_text(p->operation, member);

	if (!pointer)
		return error_set(p->err, ERROR_INVALID, "'%s' is missing; a JSON pointer is needed",
				 member);
	if (!pointer_is_valid(pointer))
		return error_set(p->err, ERROR_INVALID,
				 "'%s' is no JSON pointer: '%.200s'; \"\" or \"/a/b\" is one",
				 member, pointer);
	*ret = pointer;
	return 0;
}

static int not_found(struct patching *p, const char *pointer)
{
	return error_set(p->err, ERROR_NOT_FOUND, "there is nothing at '%.200s'", pointer);
}

/* Splits a pointer into the container, which has to exist, and the last step. */
static int place_find(struct patching *p, const char *pointer, struct place *ret)
{
	CLEANUP(buf_done) struct buf above = { 0 };
	const char *last = strrchr(pointer, '/');
	const char *token;

	if (!last)
		return 0;
	buf_add(&above, pointer, (size_t)(last - pointer));
	ret->parent = pointer_get(p->root, buf_text(&above));
	pointer_next(&last, &ret->key);
	token = buf_text(&ret->key);
	if (json_is_object(ret->parent))
		return 0;
	if (!json_is_array(ret->parent))
		return not_found(p, buf_text(&above));
	ret->index = json_array_size(ret->parent);
	if (str_equal(token, "-"))
		return 0;
	if (!pointer_index(token, &ret->index) || ret->index > json_array_size(ret->parent))
		return not_found(p, pointer);
	return 0;
}

/* Takes the new reference to value in every case. */
static int place_add(struct patching *p, const char *pointer, json_t *value)
{
	CLEANUP(json_decref) json_t *owned = value;
	CLEANUP(place_done) struct place place = { 0 };
	int r = place_find(p, pointer, &place);

	if (r < 0)
		return r;
	if (!place.parent) {
		json_decref(p->root);
		p->root = take(owned);
	} else if (json_is_array(place.parent)) {
		json_array_insert_new(place.parent, place.index, take(owned));
	} else {
		json_object_set_new(place.parent, buf_text(&place.key), take(owned));
	}
	return 0;
}

static int place_remove(struct patching *p, const char *pointer)
{
	CLEANUP(place_done) struct place place = { 0 };
	int r = place_find(p, pointer, &place);

	if (r < 0)
		return r;
	if (!place.parent)
		return error_set(p->err, ERROR_INVALID, "the whole document cannot be removed");
	if (json_is_array(place.parent))
		r = json_array_remove(place.parent, place.index);
	else
		r = json_object_del(place.parent, buf_text(&place.key));
	return r < 0 ? not_found(p, pointer) : 0;
}

/* Copies can double a tree with each operation, and pointers can nest it one level deeper. */
static int patching_grow(struct patching *p, const char *pointer, const json_t *value)
{
	struct measure more = json_measure(value);
	unsigned depth = more.depth;

	p->size.nodes += more.nodes;
	p->size.bytes += more.bytes + strlen(pointer);
	for (; *pointer; pointer++)
		depth += *pointer == '/';
	if (depth > JSON_DEPTH_MAX || p->size.nodes > JSON_NODES_MAX ||
	    p->size.bytes > JSON_BYTES_MAX)
		return error_set(
			p->err, ERROR_TOO_LARGE,
			"the result would be too large; at most %d levels, %d values and %lu bytes "
			"are kept",
			JSON_DEPTH_MAX, JSON_NODES_MAX, JSON_BYTES_MAX);
	return 0;
}

static int patching_value(struct patching *p, const char *path, json_t **ret)
{
	json_t *value = json_object_get(p->operation, "value");
	int r;

	if (!value)
		return error_set(p->err, ERROR_INVALID, "'value' is missing");
	r = patching_grow(p, path, value);
	if (r < 0)
		return r;
	*ret = json_deep_copy(value);
	return 0;
}

static int apply_add(struct patching *p, const char *path)
{
	json_t *value;
	int r = patching_value(p, path, &value);

	return r < 0 ? r : place_add(p, path, value);
}

static int apply_remove(struct patching *p, const char *path)
{
	return place_remove(p, path);
}

static int apply_replace(struct patching *p, const char *path)
{
	CLEANUP(place_done) struct place place = { 0 };
	json_t *value;
	int r;

	if (!pointer_get(p->root, path))
		return not_found(p, path);
	r = patching_value(p, path, &value);
	if (r < 0)
		return r;
	r = place_find(p, path, &place);
	if (r < 0 || !place.parent || !json_is_array(place.parent))
		return place_add(p, path, value);
	json_array_set_new(place.parent, place.index, value);
	return 0;
}

static int apply_move(struct patching *p, const char *path)
{
	CLEANUP(json_decref) json_t *value = NULL;
	const char *from;
	int r = patching_pointer(p, "from", &from);

	if (r < 0)
		return r;
	if (str_has_prefix(path, from) && path[strlen(from)] == '/')
		return error_set(p->err, ERROR_INVALID, "'%.200s' cannot be moved into itself",
				 from);
	value = json_incref(pointer_get(p->root, from));
	if (!value)
		return not_found(p, from);
	if (str_equal(from, path))
		return 0;
	r = patching_grow(p, path, value);
	if (r == 0)
		r = place_remove(p, from);
	return r < 0 ? r : place_add(p, path, take(value));
}

static int apply_copy(struct patching *p, const char *path)
{
	const char *from;
	json_t *value;
	int r = patching_pointer(p, "from", &from);

	if (r < 0)
		return r;
	value = pointer_get(p->root, from);
	if (!value)
		return not_found(p, from);
	r = patching_grow(p, path, value);
	return r < 0 ? r : place_add(p, path, json_deep_copy(value));
}

/* RFC 6902 §4.6: as json_equal(), but 1 equals 1.0. */
static bool json_same(const json_t *a, const json_t *b)
{
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_number(a) && json_is_number(b))
		return json_is_integer(a) && json_is_integer(b)
			       ? json_equal(a, b)
			       : json_number_value(a) >= json_number_value(b) &&
					 json_number_value(a) <= json_number_value(b);
	if (!a || !b || json_typeof(a) != json_typeof(b) ||
	    json_object_size(a) != json_object_size(b) || json_array_size(a) != json_array_size(b))
		return false;
	json_object_foreach((json_t *)a, key, child)
		if (!json_same(child, json_object_get(b, key)))
			return false;
	json_array_foreach(a, i, child)
		if (!json_same(child, json_array_get(b, i)))
			return false;
	return json_is_object(a) || json_is_array(a) || json_equal(a, b);
}

static int apply_test(struct patching *p, const char *path)
{
	json_t *value = json_object_get(p->operation, "value");

	if (!value)
		return error_set(p->err, ERROR_INVALID, "'value' is missing");
	if (!pointer_get(p->root, path))
		return not_found(p, path);
	if (!json_same(pointer_get(p->root, path), value))
		return error_set(p->err, ERROR_INVALID, "the value at '%.200s' is another", path);
	return 0;
}

static const struct {
	const char *name;
	int (*apply)(struct patching *p, const char *path);
} operations[] = {
	{ "add", apply_add },	{ "remove", apply_remove }, { "replace", apply_replace },
	{ "move", apply_move }, { "copy", apply_copy },	    { "test", apply_test },
};

static int patching_step(struct patching *p)
{
	const char *name = json_text(p->operation, "op");
	const char *path;
	int r = patching_pointer(p, "path", &path);

	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++)
		if (str_equal(name, operations[i].name))
			return operations[i].apply(p, path);
	return error_set(p->err, ERROR_INVALID,
			 "'op' is none of add, remove, replace, move, copy and test");
}

int json_patch_apply(const json_t *target, const json_t *patch, json_t **ret, struct error *err)
{
	struct patching p = { .size = json_measure(target), .err = err };
	size_t i;
	int r;

	if (!json_is_array(patch))
		return error_set(err, ERROR_INVALID, "a patch is an array of operations");
	p.root = json_deep_copy(target);
	json_array_foreach(patch, i, p.operation) {
		r = patching_step(&p);
		if (r < 0) {
			json_decref(p.root);
			return error_prefix(err, "operation %zu", i);
		}
	}
	*ret = p.root;
	return 0;
}
