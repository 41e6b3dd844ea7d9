/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6901. */
#include "json/pointer.h"

#include "base/str.h"

bool pointer_next(const char **pointer, struct buf *token)
{
	const char *p = *pointer;

	buf_clear(token);
	if (*p != '/')
		return false;
	for (p++; *p && *p != '/'; p++) {
		if (*p != '~') {
			buf_putc(token, *p);
			continue;
		}
		p++;
		if (*p != '0' && *p != '1')
			return false;
		buf_putc(token, *p == '0' ? '~' : '/');
	}
	*pointer = p;
	return true;
}

bool pointer_is_valid(const char *pointer)
{
	CLEANUP(buf_done) struct buf token = { 0 };

	while (pointer_next(&pointer, &token))
		;
	return *pointer == '\0';
}

bool pointer_index(const char *token, size_t *ret)
{
	int64_t number;

	if (!str_to_number(token, 0, UINT32_MAX, &number) || *token == '-' ||
	    (token[0] == '0' && token[1]))
		return false;
	*ret = (size_t)number;
	return true;
}

json_t *pointer_get(const json_t *root, const char *pointer)
{
	CLEANUP(buf_done) struct buf token = { 0 };
	const json_t *at = root;
	size_t index;

	while (at && pointer_next(&pointer, &token)) {
		if (json_is_array(at) && pointer_index(buf_text(&token), &index))
			at = json_array_get(at, index);
		else
			at = json_object_get(at, buf_text(&token));
	}
	return *pointer ? NULL : (json_t *)at;
}

void pointer_add_key(struct buf *buf, const char *key)
{
	buf_putc(buf, '/');
	for (; *key; key++) {
		if (*key == '~')
			buf_puts(buf, "~0");
		else if (*key == '/')
			buf_puts(buf, "~1");
		else
			buf_putc(buf, *key);
	}
}

void pointer_add_index(struct buf *buf, size_t index)
{
	buf_printf(buf, "/%zu", index);
}
