/* SPDX-License-Identifier: Apache-2.0 */
/* Decodes JSON into structs by their tables. */
#include "json/shape.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"

#define RULE_SCHEMA "API001"
#define RULE_UNKNOWN "API002"

struct decoder {
	struct problems *problems;
	enum shape_unknown unknown;
};

static void decode_object(const struct decoder *d, const struct shape *shape, const json_t *object,
			  const struct path *path, void *ret);

const char *string_map_get(const struct string_map *map, const char *key)
{
	for (size_t i = 0; i < map->count; i++)
		if (str_equal(map->items[i].key, key))
			return map->items[i].value;
	return NULL;
}

static const char *field_rule(const struct shape_field *field)
{
	return field->rule ? field->rule : RULE_SCHEMA;
}

/* Never as a whole number, which it was not written as. */
static const char *real_text(const struct decoder *d, double number)
{
	const char *text = arena_printf(d->problems->arena, "%g", number);

	return strpbrk(text, ".e") ? text : arena_printf(d->problems->arena, "%s.0", text);
}

static const char *value_text(const struct decoder *d, const json_t *value)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return arena_printf(d->problems->arena, "%lld",
				    (long long)json_integer_value(value));
	if (json_is_real(value))
		return real_text(d, json_real_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	return NULL;
}

static void wrong_type(const struct decoder *d, const struct shape_field *field,
		       const json_t *value, const struct path *path, const char *wanted)
{
	problems_add(d->problems, field_rule(field), PROBLEM_INVALID, path,
		     field->secret ? NULL : value_text(d, value), "must be %s", wanted);
}

static const char *list_text(struct arena *arena, const char *const *values)
{
	const char *text = arena_printf(arena, "\"%s\"", values[0]);

	for (size_t i = 1; values[i]; i++)
		text = arena_printf(arena, "%s, \"%s\"", text, values[i]);
	return text;
}

/* As JSON Schema counts: characters, not bytes. */
static int64_t length_of(const char *text)
{
	int64_t length = 0;

	for (; *text; text++)
		length += ((unsigned char)*text & 0xC0) != 0x80;
	return length;
}

static const char *decode_string(const struct decoder *d, const struct shape_field *field,
				 const json_t *value, const struct path *path)
{
	const char *text = json_string_value(value);
	size_t length = json_string_length(value);

	if (!text) {
		wrong_type(d, field, value, path, "a string");
		return NULL;
	}
	if (strlen(text) != length) {
		problems_add(d->problems, field_rule(field), PROBLEM_INVALID, path,
			     field->secret ? NULL : text, "must not hold a NUL character");
		return NULL;
	}
	if (field->type == SHAPE_STRING && field->max &&
	    (length_of(text) < field->min || length_of(text) > field->max))
		problems_add(d->problems, field_rule(field),
			     length_of(text) > field->max ? PROBLEM_TOO_LONG : PROBLEM_INVALID,
			     path, text, "must be %lld to %lld characters long",
			     (long long)field->min, (long long)field->max);
	else if (field->values && !str_in(text, field->values))
		problems_add(d->problems, field_rule(field), PROBLEM_NOT_SUPPORTED, path, text,
			     "must be one of %s", list_text(d->problems->arena, field->values));
	else if (field->format && !field->format->fits(text))
		problems_add(d->problems, field_rule(field), PROBLEM_INVALID, path, text,
			     "must be %s", field->format->wanted);
	return text;
}

static bool is_listed(int64_t number, const int64_t *numbers)
{
	while (*numbers && *numbers != number)
		numbers++;
	return *numbers != 0;
}

static const char *numbers_text(struct arena *arena, const int64_t *numbers)
{
	const char *text = arena_printf(arena, "%lld", (long long)numbers[0]);

	for (size_t i = 1; numbers[i]; i++)
		text = arena_printf(arena, "%s, %lld", text, (long long)numbers[i]);
	return text;
}

static int64_t decode_int(const struct decoder *d, const struct shape_field *field,
			  const json_t *value, const struct path *path)
{
	int64_t number = json_integer_value(value);

	if (!json_is_integer(value)) {
		wrong_type(d, field, value, path, "a whole number");
		return field->absent;
	}
	if ((field->min || field->max) && (number < field->min || number > field->max))
		problems_add(d->problems, field_rule(field), PROBLEM_INVALID, path,
			     value_text(d, value), "must be %lld to %lld", (long long)field->min,
			     (long long)field->max);
	else if (field->numbers && !is_listed(number, field->numbers))
		problems_add(d->problems, field_rule(field), PROBLEM_NOT_SUPPORTED, path,
			     value_text(d, value), "must be one of %s",
			     numbers_text(d->problems->arena, field->numbers));
	return number;
}

static struct int_or_string decode_int_or_string(const struct decoder *d,
						 const struct shape_field *field,
						 const json_t *value, const struct path *path)
{
	if (json_is_string(value))
		return (struct int_or_string){ .set = true,
					       .text = decode_string(d, field, value, path) };
	if (json_is_integer(value))
		return (struct int_or_string){ .set = true,
					       .number = decode_int(d, field, value, path) };
	wrong_type(d, field, value, path, "a whole number or a name");
	return (struct int_or_string){ 0 };
}

static void check_count(const struct decoder *d, const struct shape_field *field, size_t count,
			const struct path *path)
{
	if (!field->max && !field->min)
		return;
	if ((int64_t)count < field->min)
		problems_add(d->problems, field_rule(field), PROBLEM_REQUIRED, path, NULL,
			     "must have at least %lld item%s", (long long)field->min,
			     field->min == 1 ? "" : "s");
	else if (field->max && (int64_t)count > field->max)
		problems_add(d->problems, field_rule(field), PROBLEM_TOO_MANY, path, NULL,
			     "has %zu items; at most %lld are allowed", count,
			     (long long)field->max);
}

/* No two of the first n items alike: the whole item, or its member map_key. Lists are short, so each
 * is compared with those before it. */
static void check_unique(const struct decoder *d, const struct shape_field *field,
			 const json_t *list, size_t n, const struct path *path)
{
	const char *key = field->map_key;

	for (size_t i = 1; i < n; i++) {
		const json_t *item = json_array_get(list, i);
		const json_t *own = key ? json_object_get(item, key) : item;
		struct path at = path_index(path, i), member = path_key(&at, key);

		for (size_t j = 0; own && j < i; j++) {
			const json_t *other = json_array_get(list, j);

			if (!json_equal(own, key ? json_object_get(other, key) : other))
				continue;
			problems_add(d->problems, field_rule(field), PROBLEM_DUPLICATE,
				     key ? &member : &at, value_text(d, own),
				     "stands in the list already; each %s once",
				     key ? key : "item");
			break;
		}
	}
}

/* Items past a list's ceiling are counted, not decoded. */
static size_t items_to_decode(const struct shape_field *field, size_t count)
{
	return field->max && count > (size_t)field->max ? (size_t)field->max : count;
}

static void decode_list(const struct decoder *d, const struct shape_field *field,
			const json_t *value, const struct path *path, void *ret)
{
	size_t n = json_array_size(value);
	LIST_OF(char) list = { 0 };

	if (!json_is_array(value)) {
		wrong_type(d, field, value, path, "a list");
		return;
	}
	check_count(d, field, n, path);
	n = items_to_decode(field, n);
	list.items = arena_alloc(d->problems->arena, n, field->of->size);
	for (size_t i = 0; i < n; i++) {
		struct path item = path_index(path, i);

		decode_object(d, field->of, json_array_get(value, i), &item,
			      list.items + i * field->of->size);
	}
	list.count = n;
	if (field->map_key)
		check_unique(d, field, value, n, path);
	if (field->check_items)
		field->check_items(list.items, n, path, d->problems);
	memcpy(ret, &list, sizeof(list));
}

static void decode_strings(const struct decoder *d, const struct shape_field *field,
			   const json_t *value, const struct path *path, struct string_list *ret)
{
	size_t n = json_array_size(value);

	if (!json_is_array(value)) {
		wrong_type(d, field, value, path, "a list of strings");
		return;
	}
	check_count(d, field, n, path);
	n = items_to_decode(field, n);
	for (size_t i = 0; i < n; i++) {
		struct path item = path_index(path, i);
		const char *text = decode_string(d, field, json_array_get(value, i), &item);

		if (text)
			LIST_APPEND(d->problems->arena, ret, text);
	}
	if (field->unique)
		check_unique(d, field, value, n, path);
}

/* A list of unlike numbers is no longer than there are numbers. */
static void decode_ints(const struct decoder *d, const struct shape_field *field,
			const json_t *value, const struct path *path, struct int_list *ret)
{
	size_t n = json_array_size(value), most = (size_t)(field->max - field->min + 1);

	if (!json_is_array(value)) {
		wrong_type(d, field, value, path, "a list of whole numbers");
		return;
	}
	if (n > most)
		problems_add(d->problems, field_rule(field), PROBLEM_TOO_MANY, path, NULL,
			     "has %zu items; at most %zu are allowed", n, most);
	for (size_t i = 0; i < n && i < most; i++) {
		struct path item = path_index(path, i);

		LIST_APPEND(d->problems->arena, ret,
			    decode_int(d, field, json_array_get(value, i), &item));
	}
	if (field->unique)
		check_unique(d, field, value, n < most ? n : most, path);
}

static void decode_map(const struct decoder *d, const struct shape_field *field,
		       const json_t *value, const struct path *path, struct string_map *ret)
{
	const char *key;
	json_t *member;

	if (!json_is_object(value)) {
		wrong_type(d, field, value, path, "a map of strings");
		return;
	}
	check_count(d, field, json_object_size(value), path);
	json_object_foreach((json_t *)(uintptr_t)value, key, member) {
		struct path item = path_key(path, key);
		const char *text = decode_string(d, field, member, &item);

		if (field->keys && !field->keys->fits(key))
			problems_add(d->problems, field_rule(field), PROBLEM_INVALID, &item, key,
				     "the key must be %s", field->keys->wanted);
		if (text)
			LIST_APPEND(d->problems->arena, ret,
				    (struct key_value){ .key = key, .value = text });
	}
}

static void decode_field(const struct decoder *d, const struct shape_field *field,
			 const json_t *value, const struct path *path, void *ret)
{
	LIST_OF(char) judged;

	switch (field->type) {
	case SHAPE_STRING:
		*(const char **)ret = decode_string(d, field, value, path);
		return;
	case SHAPE_BOOL:
		if (json_is_boolean(value))
			*(enum tristate *)ret = json_is_true(value) ? YES : NO;
		else
			wrong_type(d, field, value, path, "true or false");
		return;
	case SHAPE_INT:
		*(int64_t *)ret = decode_int(d, field, value, path);
		return;
	case SHAPE_INT_OR_STRING:
		*(struct int_or_string *)ret = decode_int_or_string(d, field, value, path);
		return;
	case SHAPE_OBJECT:
		decode_object(d, field->of, value, path, ret);
		return;
	case SHAPE_POINTER:
		*(void **)ret = arena_alloc(d->problems->arena, 1, field->of->size);
		decode_object(d, field->of, value, path, *(void **)ret);
		return;
	case SHAPE_LIST:
		decode_list(d, field, value, path, ret);
		return;
	case SHAPE_STRINGS:
		decode_strings(d, field, value, path, ret);
		return;
	case SHAPE_INTS:
		decode_ints(d, field, value, path, ret);
		return;
	case SHAPE_MAP:
		decode_map(d, field, value, path, ret);
		return;
	case SHAPE_RAW:
		if (field->of)
			decode_object(d, field->of, value, path,
				      arena_alloc(d->problems->arena, 1, field->of->size));
		*(const json_t **)ret = value;
		return;
	case SHAPE_RAW_LIST:
		decode_list(d, field, value, path, &judged);
		*(const json_t **)ret = value;
		return;
	}
}

/* What a struct holds where its JSON says nothing: zeroes, but for numbers with another default. */
static void fill_absent(const struct shape *shape, void *ret)
{
	for (const struct shape_field *field = shape->fields; field->name; field++) {
		void *at = (char *)ret + field->offset;

		if (field->type == SHAPE_INT)
			*(int64_t *)at = field->absent;
		else if (field->type == SHAPE_OBJECT)
			fill_absent(field->of, at);
	}
}

static void find_unknown(const struct decoder *d, const struct shape *shape, const json_t *object,
			 const struct path *path)
{
	const struct shape_field *field;
	const char *key;
	json_t *member;

	if (shape->open || d->unknown == UNKNOWN_IGNORED)
		return;
	json_object_foreach((json_t *)(uintptr_t)object, key, member) {
		struct path at = path_key(path, key);

		for (field = shape->fields; field->name; field++)
			if (str_equal(field->name, key))
				break;
		if (field->name)
			continue;
		if (d->unknown == UNKNOWN_WARNED)
			problems_warn(d->problems, &at, "unknown field");
		else
			problems_add(d->problems, RULE_UNKNOWN, PROBLEM_INVALID, &at, NULL,
				     "unknown field; remove it or correct its name");
	}
}

static void decode_object(const struct decoder *d, const struct shape *shape, const json_t *object,
			  const struct path *path, void *ret)
{
	size_t before = d->problems->count;

	fill_absent(shape, ret);
	if (!json_is_object(object)) {
		problems_add(d->problems, RULE_SCHEMA, PROBLEM_INVALID, path, value_text(d, object),
			     "must be an object");
		return;
	}
	for (const struct shape_field *field = shape->fields; field->name; field++) {
		const json_t *value = json_object_get(object, field->name);
		struct path at = path_key(path, field->name);

		if (value && !json_is_null(value))
			decode_field(d, field, value, &at, (char *)ret + field->offset);
		else if (field->required)
			problems_add(d->problems, field_rule(field), PROBLEM_REQUIRED, &at, NULL,
				     "must be set");
	}
	find_unknown(d, shape, object, path);
	if (shape->check && d->problems->count == before)
		shape->check(ret, path, d->problems);
}

void *shape_decode(const struct shape *shape, const json_t *object, enum shape_unknown unknown,
		   const struct path *path, struct problems *problems)
{
	const struct decoder d = { .problems = problems, .unknown = unknown };
	void *ret = arena_alloc(problems->arena, 1, shape->size);

	decode_object(&d, shape, object, path, ret);
	return ret;
}
