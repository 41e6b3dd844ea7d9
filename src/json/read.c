/* SPDX-License-Identifier: Apache-2.0 */
/* Reads of jansson trees that answer NULL where a member is missing. */
#include "json/read.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/memory.h"
#include "base/str.h"
#include "json/pool.h"
#include "json/utf8.h"

json_t *json_at(const json_t *root, ...)
{
	const json_t *at = root;
	const char *key;
	va_list keys;

	va_start(keys, root);
	while (at && (key = va_arg(keys, const char *)))
		at = json_object_get(at, key);
	va_end(keys);
	return (json_t *)(uintptr_t)at;
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool json_has(const json_t *object, const char *key)
{
	const json_t *member = json_object_get(object, key);

	return member && !json_is_null(member);
}

void json_put_text(json_t *object, const char *key, const char *text)
{
	if (!str_is_empty(text))
		json_object_set_new(object, key, json_string(text));
}

json_t *json_of(const char *text)
{
	json_t *root = json_loads(text, JSON_DECODE_ANY, NULL);

	return root ? root : json_null();
}

static void release(void *json)
{
	json_decref(json);
}

json_t *json_adopt(struct arena *arena, json_t *json)
{
	if (json && !json_pool_holds(json))
		arena_adopt(arena, json, release);
	return json;
}

char *json_compact(const json_t *root)
{
	char *text = json_dumps(root, JSON_COMPACT | JSON_ENCODE_ANY);

	if (!text)
		memory_exhausted();
	return text;
}

json_t *json_lossy(const char *text)
{
	CLEANUP(buf_done) struct buf clean = { 0 };
	size_t left = text ? strlen(text) : 0, length;

	for (; left; text += length, left -= length) {
		length = utf8_length(text, left);
		if (length)
			buf_add(&clean, text, length);
		else
			buf_puts(&clean, "\xef\xbf\xbd");
		length += !length;
	}
	return json_string(buf_text(&clean));
}
