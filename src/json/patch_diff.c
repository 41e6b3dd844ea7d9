/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6902: the operations that turn one tree into another. */
#include "json/patch_diff.h"

#include "json/path.h"
#include "json/pointer.h"
#include "json/write.h"

struct diff {
	struct buf *text;
	size_t operations;
};

static void diff_values(struct diff *diff, const struct path *path, const json_t *from,
			const json_t *to);

static int buf_add_dump(const char *bytes, size_t length, void *data)
{
	return buf_add(data, bytes, length) ? 0 : -1;
}

static void put_pointer(struct buf *buf, const struct path *path)
{
	if (!path)
		return;
	put_pointer(buf, path->parent);
	if (path->key)
		pointer_add_key(buf, path->key);
	else
		pointer_add_index(buf, path->index);
}

/* value NULL: an operation without one. */
static void diff_emit(struct diff *diff, const char *op, const struct path *path,
		      const json_t *value)
{
	CLEANUP(buf_done) struct buf pointer = { 0 };

	put_pointer(&pointer, path);
	buf_puts(diff->text, diff->operations++ ? ",{" : "{");
	json_write_member(diff->text, "op", op);
	json_write_member(diff->text, "path", buf_text(&pointer));
	if (json_is_string(value)) {
		json_write_member(diff->text, "value", json_string_value(value));
	} else if (value) {
		buf_puts(diff->text, ",\"value\":");
		json_dump_callback(value, buf_add_dump, diff->text, JSON_COMPACT | JSON_ENCODE_ANY);
	}
	buf_putc(diff->text, '}');
}

static void diff_objects(struct diff *diff, const struct path *path, const json_t *from,
			 const json_t *to)
{
	const json_t *other;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)from, key, value) {
		const struct path at = path_key(path, key);

		if (!json_object_get(to, key))
			diff_emit(diff, "remove", &at, NULL);
	}
	json_object_foreach((json_t *)to, key, value) {
		const struct path at = path_key(path, key);

		other = json_object_get(from, key);
		if (other)
			diff_values(diff, &at, other, value);
		else
			diff_emit(diff, "add", &at, value);
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
static void diff_arrays(struct diff *diff, const struct path *path, const json_t *from,
			const json_t *to)
{
	size_t old = json_array_size(from), new = json_array_size(to);
	size_t shorter = old < new ? old : new;
	size_t head = common_head(from, to, shorter);
	size_t tail = common_tail(from, to, shorter - head);
	struct path at;

	for (size_t i = head; i < shorter - tail; i++) {
		at = path_index(path, i);
		diff_values(diff, &at, json_array_get(from, i), json_array_get(to, i));
	}
	for (size_t i = old - tail; i > new - tail; i--) {
		at = path_index(path, i - 1);
		diff_emit(diff, "remove", &at, NULL);
	}
	for (size_t i = old - tail; i < new - tail; i++) {
		at = path_index(path, i);
		diff_emit(diff, "add", &at, json_array_get(to, i));
	}
}

static void diff_values(struct diff *diff, const struct path *path, const json_t *from,
			const json_t *to)
{
	if (json_is_object(from) && json_is_object(to))
		diff_objects(diff, path, from, to);
	else if (json_is_array(from) && json_is_array(to))
		diff_arrays(diff, path, from, to);
	else if (!json_equal(from, to))
		diff_emit(diff, "replace", path, to);
}

size_t json_patch_diff(const json_t *from, const json_t *to, struct buf *ret)
{
	struct diff diff = { .text = ret };

	buf_putc(ret, '[');
	diff_values(&diff, NULL, from, to);
	buf_putc(ret, ']');
	return diff.operations;
}
