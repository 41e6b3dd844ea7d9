/* SPDX-License-Identifier: Apache-2.0 */
/* From YAML events to JSON trees, without recursion. An alias is a copy of what it names, because
 * callers change the trees that they get; what it adds is counted before it is copied. */
#include "json/yaml_tree.h"

#include <stdio.h>
#include <string.h>
#include <uthash.h>

#include "base/memory.h"
#include "json/measure.h"
#include "json/read.h"

#define ANCHORS_MAX 10000

struct anchor {
	char *name;
	json_t *value; /* NULL while what it names is still open */
	UT_hash_handle hh;
};

/* An open object or array. */
struct frame {
	json_t *value;
	char *anchor;
	struct mark start;
	char *key; /* of an object, read and waiting for its value */
	struct mark key_mark;
	bool merging;	 /* the key was a merge key */
	json_t *merged;	 /* members from merge keys; own members stand before them */
	unsigned *lines; /* of the object's own members, in order */
	size_t lines_count;
	size_t lines_size;
};

struct yaml_tree {
	struct frame frames[JSON_DEPTH_MAX];
	unsigned depth;
	struct anchor *anchors;
	struct measure size;
	json_t *root;
	struct mark start;
};

int mark_error(struct mark mark, struct error *err, enum error_code code, const char *format, ...)
{
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return error_set(err, code, "line %u, column %u: %.900s", mark.line, mark.column, text);
}

struct yaml_tree *yaml_tree_new(void)
{
	return memory_new(1, sizeof(struct yaml_tree));
}

static void anchors_clear(struct yaml_tree *tree)
{
	struct anchor *anchor, *next;

	HASH_ITER(hh, tree->anchors, anchor, next) {
		HASH_DEL(tree->anchors, anchor);
		json_decref(anchor->value);
		free(anchor->name);
		free(anchor);
	}
}

static void frame_clear(struct frame *frame)
{
	json_decref(frame->value);
	json_decref(frame->merged);
	free(frame->anchor);
	free(frame->key);
	free(frame->lines);
	*frame = (struct frame){ 0 };
}

void yaml_tree_free(struct yaml_tree *tree)
{
	if (!tree)
		return;
	while (tree->depth)
		frame_clear(&tree->frames[--tree->depth]);
	anchors_clear(tree);
	json_decref(tree->root);
	free(tree);
}

static struct anchor *anchor_find(const struct yaml_tree *tree, const char *name)
{
	struct anchor *anchor;

	HASH_FIND_STR(tree->anchors, name, anchor);
	return anchor;
}

/* value NULL: what the anchor names is open. name NULL: nothing. */
static int anchor_set(struct yaml_tree *tree, const char *name, json_t *value, struct mark mark,
		      struct error *err)
{
	struct anchor *anchor;

	if (!name)
		return 0;
	anchor = anchor_find(tree, name);
	if (!anchor && HASH_COUNT(tree->anchors) >= ANCHORS_MAX)
		return mark_error(mark, err, ERROR_TOO_LARGE,
				  "more than %d anchors; write the values out", ANCHORS_MAX);
	if (!anchor) {
		anchor = memory_new(1, sizeof(*anchor));
		anchor->name = memory_strdup(name);
		HASH_ADD_KEYPTR(hh, tree->anchors, anchor->name, strlen(anchor->name), anchor);
	}
	json_decref(anchor->value);
	anchor->value = json_incref(value);
	return 0;
}

static int tree_spend(struct yaml_tree *tree, size_t nodes, size_t bytes, struct mark mark,
		      struct error *err)
{
	tree->size.nodes += nodes;
	tree->size.bytes += bytes;
	if (tree->size.nodes > JSON_NODES_MAX)
		return mark_error(
			mark, err, ERROR_TOO_LARGE,
			"too many values or aliases; at most %d values are read, aliases written "
			"out; split the file",
			JSON_NODES_MAX);
	if (tree->size.bytes > JSON_BYTES_MAX)
		return mark_error(
			mark, err, ERROR_TOO_LARGE,
			"too much text; at most %lu bytes are read, aliases written out; split the "
			"file",
			JSON_BYTES_MAX);
	return 0;
}

static struct frame *tree_top(struct yaml_tree *tree)
{
	return tree->depth ? &tree->frames[tree->depth - 1] : NULL;
}

static bool tree_expects_key(struct yaml_tree *tree)
{
	const struct frame *top = tree_top(tree);

	return top && json_is_object(top->value) && !top->key && !top->merging;
}

/* The line of an own member; jansson keeps members in the order in which they came. */
static unsigned frame_line(const struct frame *frame, const char *key)
{
	size_t i = 0;
	const char *name;
	json_t *value;

	json_object_foreach(frame->value, name, value) {
		if (strcmp(name, key) == 0)
			break;
		i++;
	}
	return i < frame->lines_count ? frame->lines[i] : 0;
}

static int frame_set_key(struct frame *frame, const char *key, struct mark mark, struct error *err)
{
	if (json_object_get(frame->value, key))
		return mark_error(
			mark, err, ERROR_INVALID,
			"the key '%.128s' stands a second time, the first is in line %u; keep one",
			key, frame_line(frame, key));
	frame->key = memory_strdup(key);
	frame->key_mark = mark;
	return 0;
}

/* Readers of YAML differ in who wins when a member stands before a merge key that also brings it. */
static int frame_merge_one(struct frame *frame, json_t *members, struct error *err)
{
	const char *key;
	json_t *value;

	if (!json_is_object(members))
		return mark_error(frame->key_mark, err, ERROR_INVALID,
				  "'<<' takes a mapping or a list of mappings");
	json_object_foreach(members, key, value) {
		if (json_object_get(frame->value, key))
			return mark_error(
				frame->key_mark, err, ERROR_INVALID,
				"'<<' brings the key '%.128s' of line %u again; write '<<' first, "
				"then what differs",
				key, frame_line(frame, key));
	}
	json_object_update_missing(frame->merged, members);
	return 0;
}

static int frame_merge(struct frame *frame, json_t *value, struct error *err)
{
	json_t *item;
	size_t i;
	int r;

	frame->merging = false;
	if (!json_is_array(value))
		return frame_merge_one(frame, value, err);
	json_array_foreach(value, i, item) {
		r = frame_merge_one(frame, item, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void frame_set(struct frame *frame, json_t *value)
{
	if (frame->lines_count == frame->lines_size) {
		frame->lines_size = frame->lines_size ? frame->lines_size * 2 : 8;
		frame->lines =
			memory_resize(frame->lines, frame->lines_size, sizeof(*frame->lines));
	}
	frame->lines[frame->lines_count++] = frame->key_mark.line;
	json_object_set(frame->value, frame->key, value);
	free(frame->key);
	frame->key = NULL;
}

/* Borrows value. */
static int tree_place(struct yaml_tree *tree, json_t *value, struct mark mark, struct error *err)
{
	struct frame *top = tree_top(tree);

	if (!top) {
		tree->root = json_incref(value);
		tree->start = mark;
		return 0;
	}
	if (top->merging)
		return frame_merge(top, value, err);
	if (top->key)
		frame_set(top, value);
	else
		json_array_append(top->value, value);
	return 0;
}

static int tree_key(struct yaml_tree *tree, const struct scalar *scalar, const char *anchor,
		    struct mark mark, struct error *err)
{
	CLEANUP(buf_done) struct buf key = { 0 };
	CLEANUP(json_decref) json_t *value = NULL;
	int r;

	if (!scalar_key(scalar, &key))
		return mark_error(mark, err, ERROR_INVALID,
				  "null is no key; quote it, or write a name before the ':'");
	r = tree_spend(tree, 0, key.len, mark, err);
	if (r < 0)
		return r;
	value = scalar_value(scalar);
	r = anchor_set(tree, anchor, value, mark, err);
	return r < 0 ? r : frame_set_key(tree_top(tree), buf_text(&key), mark, err);
}

static int tree_merge_key(struct yaml_tree *tree, struct mark mark, struct error *err)
{
	struct frame *top = tree_top(tree);

	if (top->merged)
		return mark_error(mark, err, ERROR_INVALID,
				  "'<<' stands a second time; write one with a list of aliases");
	top->merged = json_object();
	top->merging = true;
	top->key_mark = mark;
	return 0;
}

int yaml_tree_scalar(struct yaml_tree *tree, const struct scalar *scalar, const char *anchor,
		     struct mark mark, struct error *err)
{
	CLEANUP(json_decref) json_t *value = NULL;
	int r;

	if (tree_expects_key(tree))
		return scalar->kind == SCALAR_MERGE ? tree_merge_key(tree, mark, err)
						    : tree_key(tree, scalar, anchor, mark, err);
	r = tree_spend(tree, 1, scalar->length, mark, err);
	if (r < 0)
		return r;
	value = scalar_value(scalar);
	r = anchor_set(tree, anchor, value, mark, err);
	return r < 0 ? r : tree_place(tree, value, mark, err);
}

static int key_not_scalar(struct mark mark, struct error *err)
{
	return mark_error(
		mark, err, ERROR_INVALID,
		"a key has to be a text, not a list or a mapping; quote '{{ … }}' and '[…]'");
}

static int too_deep(struct mark mark, struct error *err)
{
	return mark_error(mark, err, ERROR_TOO_LARGE, "nested too deep; at most %d levels are read",
			  JSON_DEPTH_MAX);
}

int yaml_tree_open(struct yaml_tree *tree, json_type type, const char *anchor, struct mark mark,
		   struct error *err)
{
	struct frame *frame;
	int r;

	if (tree_expects_key(tree))
		return key_not_scalar(mark, err);
	if (tree->depth == JSON_DEPTH_MAX)
		return too_deep(mark, err);
	r = tree_spend(tree, 1, 0, mark, err);
	if (r == 0)
		r = anchor_set(tree, anchor, NULL, mark, err);
	if (r < 0)
		return r;
	frame = &tree->frames[tree->depth++];
	frame->value = type == JSON_OBJECT ? json_object() : json_array();
	frame->anchor = memory_strdup(anchor);
	frame->start = mark;
	return 0;
}

int yaml_tree_close(struct yaml_tree *tree, struct error *err)
{
	struct frame *frame = tree_top(tree);
	CLEANUP(json_decref) json_t *value = json_incref(frame->value);
	struct anchor *anchor = frame->anchor ? anchor_find(tree, frame->anchor) : NULL;
	struct mark start = frame->start;

	if (frame->merged)
		json_object_update_missing(value, frame->merged);
	/* Inside, the same name may have been given to something else, which then counts. */
	if (anchor && !anchor->value)
		anchor->value = json_incref(value);
	frame_clear(frame);
	tree->depth--;
	return tree_place(tree, value, start, err);
}

int yaml_tree_alias(struct yaml_tree *tree, const char *name, struct mark mark, struct error *err)
{
	const struct anchor *anchor = anchor_find(tree, name);
	CLEANUP(json_decref) json_t *copy = NULL;
	struct measure more;
	int r;

	if (!anchor)
		return mark_error(
			mark, err, ERROR_INVALID,
			"there is no anchor '&%.64s' above in this document; quote a text that "
			"starts with '*'",
			name);
	if (!anchor->value)
		return mark_error(
			mark, err, ERROR_INVALID,
			"the alias '*%.64s' stands inside of what it names; write the value out",
			name);
	if (tree_expects_key(tree)) {
		if (!json_is_string(anchor->value))
			return key_not_scalar(mark, err);
		r = tree_spend(tree, 0, json_string_length(anchor->value), mark, err);
		return r < 0 ? r
			     : frame_set_key(tree_top(tree), json_string_value(anchor->value), mark,
					     err);
	}
	more = json_measure(anchor->value);
	r = tree_spend(tree, more.nodes, more.bytes, mark, err);
	if (r < 0)
		return r;
	if (tree->depth + more.depth > JSON_DEPTH_MAX)
		return too_deep(mark, err);
	copy = json_deep_copy(anchor->value);
	return tree_place(tree, copy, mark, err);
}

json_t *yaml_tree_take(struct yaml_tree *tree, struct mark *ret_start)
{
	CLEANUP(json_decref) json_t *root = take(tree->root);

	anchors_clear(tree);
	if (json_is_null(root))
		return NULL;
	*ret_start = tree->start;
	return take(root);
}
