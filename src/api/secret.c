/* SPDX-License-Identifier: Apache-2.0 */
/* core/v1 Secret and ConfigMap, and SyncSecret. */
#include "api/secret.h"

#include <string.h>

#include "base/arena.h"

static const struct shape_field secret_fields[] = {
	HEADER_FIELDS(struct secret),
	FIELD(struct secret, "immutable", immutable, SHAPE_BOOL),
	FIELD(struct secret, "type", type, SHAPE_STRING),
	FIELD(struct secret, "data", data, SHAPE_MAP),
	FIELD(struct secret, "stringData", string_data, SHAPE_MAP),
	FIELD(struct secret, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape secret_shape = { sizeof(struct secret), secret_fields, NULL, false };
const struct shape sync_secret_shape = { sizeof(struct secret), secret_fields, NULL, false };

static const struct shape_field config_map_fields[] = {
	HEADER_FIELDS(struct secret),
	FIELD(struct secret, "immutable", immutable, SHAPE_BOOL),
	FIELD(struct secret, "data", data, SHAPE_MAP),
	{ 0 },
};
const struct shape config_map_shape = { sizeof(struct secret), config_map_fields, NULL,
					.open = true };

static int base64_digit(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static const char *base64_decode(struct arena *arena, const char *text)
{
	char *decoded = arena_alloc(arena, strlen(text) / 4 * 3 + 4, 1);
	unsigned bits = 0, held = 0;
	size_t n = 0;

	for (; *text && *text != '='; text++) {
		int digit = base64_digit(*text);

		if (*text == '\n' || *text == '\r')
			continue;
		if (digit < 0)
			return NULL;
		bits = bits << 6 | (unsigned)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			decoded[n++] = (char)(bits >> held & 0xff);
		}
	}
	return text[strspn(text, "=\r\n")] ? NULL : decoded;
}

const char *secret_value(struct arena *arena, const struct secret *secret, const char *key)
{
	const char *plain = string_map_get(&secret->string_data, key);
	const char *encoded = string_map_get(&secret->data, key);

	if (plain)
		return plain;
	return encoded ? base64_decode(arena, encoded) : NULL;
}
