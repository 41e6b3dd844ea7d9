/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648 §4). */
#include "base/base64.h"

#include <stdint.h>

static int digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four digits of which the last `padding` are '='. */
static bool decode_group(const char *text, size_t padding, struct buf *out)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int value = i < 4 - padding ? digit_value(text[i]) : 0;

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
	}
	for (size_t i = 0; i < 3 - padding; i++)
		buf_putc(out, (char)(bits >> (16 - 8 * i) & 0xff));
	return true;
}

bool base64_decode(const char *text, size_t length, struct buf *out)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	size_t padding = 0;

	if (length % 4)
		return false;
	while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < length; i += 4) {
		if (!decode_group(text + i, i + 4 == length ? padding : 0, &bytes))
			return false;
	}
	return buf_add(out, bytes.data, bytes.len);
}

bool base64_encode(const void *bytes, size_t length, struct buf *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *from = bytes;
	size_t before = out->len;
	char group[4];
	bool ok = true;

	for (size_t i = 0; ok && i < length; i += 3) {
		size_t n = length - i < 3 ? length - i : 3;
		uint32_t bits = (uint32_t)from[i] << 16;

		bits |= n > 1 ? (uint32_t)from[i + 1] << 8 : 0;
		bits |= n > 2 ? from[i + 2] : 0;
		for (size_t j = 0; j < 4; j++)
			group[j] = j <= n ? digits[bits >> (18 - 6 * j) & 0x3f] : '=';
		ok = buf_add(out, group, sizeof(group));
	}
	if (!ok && out->data) {
		out->len = before;
		out->data[before] = '\0';
	}
	return ok;
}
