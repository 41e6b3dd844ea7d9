/* SPDX-License-Identifier: Apache-2.0 */
/* Reads of a text that was scanned. */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/memory.h"
#include "json/scan.h"
#include "json/utf8.h"

/* The text of a string that was scanned holds what follows a backslash. */
static uint32_t unit_of(const char *hex)
{
	uint32_t unit = 0;

	for (int i = 0; i < 4; i++) {
		uint32_t digit = (unsigned char)hex[i];

		unit = unit << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
	}
	return unit;
}

static char escaped_character(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

size_t scan_unescape(const char *text, size_t length, char *ret)
{
	const char *end = text + length;
	char *out = ret;

	while (text < end) {
		uint32_t unit;

		if (*text != '\\') {
			*out++ = *text++;
		} else if (text[1] != 'u') {
			*out++ = escaped_character(text[1]);
			text += 2;
		} else {
			unit = unit_of(text + 2);
			text += 6;
			if (unit >= 0xd800 && unit <= 0xdfff) {
				unit = 0x10000 + ((unit - 0xd800) << 10) +
				       (unit_of(text + 2) - 0xdc00);
				text += 6;
			}
			out += utf8_write(unit, out);
		}
	}
	return (size_t)(out - ret);
}

/* Keys with backslashes are rare, and worth a copy. */
static bool key_is(const struct scan *scan, const struct scan_node *key, const char *name,
		   bool any_case)
{
	CLEANUP(free) char *copy = NULL;
	const char *text = scan->text + key->start;
	size_t length = key->length;

	/* Most keys are told apart by their first letter. */
	if (!key->escaped && length && ((text[0] ^ name[0]) & ~0x20))
		return false;
	if (key->escaped) {
		copy = memory_new(length, 1);
		length = scan_unescape(text, length, copy);
		text = copy;
	}
	if (strlen(name) != length)
		return false;
	return any_case ? strncasecmp(text, name, length) == 0 : memcmp(text, name, length) == 0;
}

const struct scan_node *scan_member(const struct scan *scan, const struct scan_node *object,
				    const char *key)
{
	const struct scan_node *end;

	if (!object || object->type != SCAN_OBJECT)
		return NULL;
	end = scan_next(scan, object);
	for (const struct scan_node *at = object + 1; at < end; at = scan_next(scan, at + 1))
		if (key_is(scan, at, key, false))
			return at[1].type == SCAN_NULL ? NULL : at + 1;
	return NULL;
}

const char *scan_case_twin(const struct scan *scan, const struct scan_node *object,
			   const char *const *names)
{
	const struct scan_node *end;

	if (!object || object->type != SCAN_OBJECT)
		return NULL;
	end = scan_next(scan, object);
	for (const struct scan_node *at = object + 1; at < end; at = scan_next(scan, at + 1))
		for (size_t i = 0; names[i]; i++)
			if (key_is(scan, at, names[i], true) && !key_is(scan, at, names[i], false))
				return names[i];
	return NULL;
}

char *scan_string(const struct scan *scan, const struct scan_node *node, struct arena *arena)
{
	char *text;

	if (!node || node->type != SCAN_STRING)
		return NULL;
	if (!node->escaped)
		return arena_strndup(arena, scan->text + node->start, node->length);
	text = arena_alloc(arena, (size_t)node->length + 1, 1);
	scan_unescape(scan->text + node->start, node->length, text);
	return text;
}
