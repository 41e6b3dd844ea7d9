/* SPDX-License-Identifier: Apache-2.0 */
/* core/v1 Secret and ConfigMap, and SyncSecret. */
#include "api/secret.h"

#include <string.h>

#include "base/arena.h"
#include "base/base64.h"

static const struct shape_field secret_fields[] = {
	HEADER_FIELDS(struct secret),
	FIELD(struct secret, "immutable", immutable, SHAPE_BOOL),
	FIELD(struct secret, "type", type, SHAPE_STRING),
	FIELD(struct secret, "data", data, SHAPE_MAP, .secret = true),
	FIELD(struct secret, "stringData", string_data, SHAPE_MAP, .secret = true),
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

static const char *decode_value(struct arena *arena, const char *text)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };

	if (!base64_decode(text, strlen(text), &bytes))
		return NULL;
	return arena_strndup(arena, buf_text(&bytes), bytes.len);
}

const char *secret_value(struct arena *arena, const struct secret *secret, const char *key)
{
	const char *plain = string_map_get(&secret->string_data, key);
	const char *encoded = string_map_get(&secret->data, key);

	if (plain)
		return plain;
	return encoded ? decode_value(arena, encoded) : NULL;
}
