/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of bytes that knows its maximum. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

struct buf *buf_new(size_t max)
{
	struct buf *buf = memory_new(1, sizeof(*buf));

	buf->max = max;
	return buf;
}

void buf_done(struct buf *buf)
{
	free(buf->data);
	buf->data = NULL;
	buf->len = buf->size = 0;
}

void buf_free(struct buf *buf)
{
	if (!buf)
		return;
	buf_done(buf);
	free(buf);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->data)
		buf->data[0] = '\0';
}

static bool buf_reserve(struct buf *buf, size_t more)
{
	size_t size = buf->size ? buf->size : 128;

	if (buf->max && (more > buf->max || buf->len > buf->max - more))
		return false;
	if (buf->size - buf->len > more)
		return true;
	while (size - buf->len <= more)
		size *= 2;
	buf->data = memory_resize(buf->data, size, 1);
	buf->size = size;
	return true;
}

bool buf_add(struct buf *buf, const void *bytes, size_t length)
{
	if (!buf_reserve(buf, length))
		return false;
	if (length)
		memcpy(buf->data + buf->len, bytes, length);
	buf->len += length;
	buf->data[buf->len] = '\0';
	return true;
}

bool buf_puts(struct buf *buf, const char *text)
{
	return buf_add(buf, text, strlen(text));
}

bool buf_putc(struct buf *buf, char c)
{
	return buf_add(buf, &c, 1);
}

bool buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int length;
	bool ok;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	ok = buf_reserve(buf, (size_t)length);
	if (ok) {
		vsnprintf(buf->data + buf->len, (size_t)length + 1, format, again);
		buf->len += (size_t)length;
	}
	va_end(again);
	return ok;
}

bool buf_put_visible(struct buf *buf, const char *text)
{
	size_t before = buf->len;
	bool ok = true;

	for (; ok && *text; text++)
		ok = (unsigned char)*text < 0x20 || *text == 0x7f
			     ? buf_printf(buf, "\\x%02x", (unsigned char)*text)
			     : buf_putc(buf, *text);
	if (!ok && buf->data) {
		buf->len = before;
		buf->data[before] = '\0';
	}
	return ok;
}

void buf_consume(struct buf *buf, size_t length)
{
	if (!length)
		return;
	memmove(buf->data, buf->data + length, buf->len - length + 1);
	buf->len -= length;
}

char *buf_take(struct buf *buf)
{
	char *data;

	buf_reserve(buf, 0);
	data = buf->data ? buf->data : memory_new(1, 1);
	data[buf->len] = '\0';
	buf->data = NULL;
	buf->len = buf->size = 0;
	return data;
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}
