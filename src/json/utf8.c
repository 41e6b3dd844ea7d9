/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, read strictly (RFC 3629 §4). */
#include "json/utf8.h"

#include <stdbool.h>

static bool is_tail(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Where the second byte decides whether the character is overlong, a surrogate or too large. */
static bool second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

size_t utf8_length(const char *text, size_t left)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t length;

	if (!left)
		return 0;
	if (bytes[0] < 0x80)
		return 1;
	if (bytes[0] < 0xc2 || bytes[0] > 0xf4)
		return 0;
	length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
	if (length > left || !second_fits(bytes[0], bytes[1]))
		return 0;
	for (size_t i = 1; i < length; i++)
		if (!is_tail(bytes[i]))
			return 0;
	return length;
}

static char tail(uint32_t bits)
{
	return (char)(0x80 | (bits & 0x3f));
}

size_t utf8_write(uint32_t character, char *ret)
{
	if (character < 0x80) {
		ret[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		ret[0] = (char)(0xc0 | character >> 6);
		ret[1] = tail(character);
		return 2;
	}
	if (character < 0x10000) {
		ret[0] = (char)(0xe0 | character >> 12);
		ret[1] = tail(character >> 6);
		ret[2] = tail(character);
		return 3;
	}
	ret[0] = (char)(0xf0 | character >> 18);
	ret[1] = tail(character >> 12);
	ret[2] = tail(character >> 6);
	ret[3] = tail(character);
	return 4;
}
