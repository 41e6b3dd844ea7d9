/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6902: the operations that turn one tree into another. */
#include "json/patch_diff.h"

#include "base/buf.h"
#include "json/pointer.h"

struct diff {
	json_t *operations;
	struct buf path; /* where the walk is */
};

static void diff_values(struct diff *diff, const json_t *from, const json_t *to);

/* value NULL: an operation without one. */
static void diff_emit(struct diff *diff, const char *op, const json_t *value)
{
	json_t *operation = json_pack("{s:s, s:s}", "op", op, "path", buf_text(&diff->path));

	if (value)
		json_object_set_new(operation, "value", json_deep_copy(value));
	json_array_append_new(diff->operations, operation);
}

static void diff_leave(struct diff *diff, size_t length)
{
	diff->path.len = length;
	if (diff->path.data)
		diff->path.data[length] = '\0';
}

static void diff_emit_index(struct diff *diff, const char *op, size_t index, const json_t *value)
{
	size_t length = diff->path.len;

	pointer_add_index(&diff->path, index);
	diff_emit(diff, op, value);
	diff_leave(diff, length);
}

static void diff_objects(struct diff *diff, const json_t *from, const json_t *to)
{
	size_t length = diff->path.len;
	const json_t *other;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)from, key, value) {
		if (json_object_get(to, key))
			continue;
		pointer_add_key(&diff->path, key);
		diff_emit(diff, "remove", NULL);
		diff_leave(diff, length);
	}
	json_object_foreach((json_t *)to, key, value) {
		other = json_object_get(from, key);
		pointer_add_key(&diff->path, key);
		if (other)
			diff_values(diff, other, value);
		else
			diff_emit(diff, "add", value);
		diff_leave(diff, length);
	}
}

static size_t common_head(const json_t *from, const json_t *to, size_t max)
{
	size_t n = 0;

	while (n < max && json_equal(json_array_get(from, n), json_array_get(to, n)))
		n++;
	return n;
}

static size_t common_tail(const json_t *from, const json_t *to, size_t max)
{
	size_t n = 0;

	while (n < max && json_equal(json_array_get(from, json_array_size(from) - n - 1),
				     json_array_get(to, json_array_size(to) - n - 1)))
		n++;
	return n;
}

/* Between equal heads and tails items are compared by their place; what one side has more of comes
 * or goes behind those. */
static void diff_arrays(struct diff *diff, const json_t *from, const json_t *to)
{
	size_t old = json_array_size(from), new = json_array_size(to);
	size_t shorter = old < new ? old : new;
	size_t head = common_head(from, to, shorter);
	size_t tail = common_tail(from, to, shorter - head);
	size_t length = diff->path.len;

	for (size_t i = head; i < shorter - tail; i++) {
		pointer_add_index(&diff->path, i);
		diff_values(diff, json_array_get(from, i), json_array_get(to, i));
		diff_leave(diff, length);
	}
	for (size_t i = old - tail; i > new - tail; i--)
		diff_emit_index(diff, "remove", i - 1, NULL);
	for (size_t i = old - tail; i < new - tail; i++)
		diff_emit_index(diff, "add", i, json_array_get(to, i));
}

static void diff_values(struct diff *diff, const json_t *from, const json_t *to)
{
	if (json_is_object(from) && json_is_object(to))
		diff_objects(diff, from, to);
	else if (json_is_array(from) && json_is_array(to))
		diff_arrays(diff, from, to);
	else if (!json_equal(from, to))
		diff_emit(diff, "replace", to);
}

json_t *json_patch_diff(const json_t *from, const json_t *to)
{
	struct diff diff = { .operations = json_array() };

	diff_values(&diff, from, to);
	buf_done(&diff.path);
	return diff.operations;
}
