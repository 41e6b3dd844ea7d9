/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text written straight into a buffer. */
#include "json/write.h"

#include <string.h>

#include "json/utf8.h"

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static size_t write_special(struct buf *buf, const char *text)
{
	unsigned char c = (unsigned char)*text;
	size_t length;

	if (c == '"' || c == '\\') {
		buf_putc(buf, '\\');
		buf_putc(buf, (char)c);
		return 1;
	}
	if (c < 0x20) {
		buf_printf(buf, "\\u%04x", c);
		return 1;
	}
	length = utf8_length(text, strnlen(text, 4));
	if (length)
		buf_add(buf, text, length);
	else
		buf_puts(buf, "\xef\xbf\xbd");
	return length ? length : 1;
}

void json_write_text(struct buf *buf, const char *text)
{
	buf_putc(buf, '"');
	for (text = text ? text : ""; *text;) {
		size_t plain = 0;

		while (is_plain((unsigned char)text[plain]))
			plain++;
		buf_add(buf, text, plain);
		text += plain;
		if (*text)
			text += write_special(buf, text);
	}
	buf_putc(buf, '"');
}

void json_write_member(struct buf *buf, const char *key, const char *text)
{
	if (buf->len && buf->data[buf->len - 1] != '{')
		buf_putc(buf, ',');
	buf_putc(buf, '"');
	buf_puts(buf, key);
	buf_puts(buf, "\":");
	json_write_text(buf, text);
}
