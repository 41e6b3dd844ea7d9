/* SPDX-License-Identifier: Apache-2.0 */
/* proto3 JSON to protobuf bytes, by protobuf-c's descriptors. */
#include "envoy/encode.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/memory.h"
#include "base/str.h"
#include "envoy/encode_internal.h"
#include "envoy/types.h"
#include "envoy/wire.h"
#include "json/read.h"

/* No resource of ours comes near; it keeps a loop of our own from eating the stack. */
#define DEPTH_MAX 64

int spot_fail(const struct spot *spot, const char *format, ...)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *path = path_text(arena, spot->path);
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return error_set(spot->err, ERROR_INVALID, "%s%s%s", path, *path ? ": " : "", text);
}

static int fail_type(const struct spot *spot, const char *expected, const json_t *json)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array",	 [JSON_STRING] = "a string",
		[JSON_INTEGER] = "a number", [JSON_REAL] = "a fraction", [JSON_TRUE] = "true",
		[JSON_FALSE] = "false",	     [JSON_NULL] = "null",
	};

	return spot_fail(spot, "must be %s, not %s", expected, names[json_typeof(json)]);
}

/* 64 bit numbers may be written as text, since not every JSON reader keeps all their digits. */
static int encode_integer(const json_t *json, int64_t min, int64_t max, const struct spot *spot,
			  struct buf *out)
{
	int64_t value;

	if (json_is_integer(json))
		value = json_integer_value(json);
	else if (!json_is_string(json))
		return fail_type(spot, "a whole number", json);
	else if (!str_to_number(json_string_value(json), INT64_MIN, INT64_MAX, &value))
		return spot_fail(spot, "must be a whole number");
	if (value < min || value > max)
		return spot_fail(spot, "%lld is not within %lld and %lld", (long long)value,
				 (long long)min, (long long)max);
	wire_put_varint(out, (uint64_t)value);
	return 0;
}

static int encode_enum(const ProtobufCEnumDescriptor *type, const json_t *json,
		       const struct spot *spot, struct buf *out)
{
	const ProtobufCEnumValue *value;

	if (!json_is_string(json))
		return fail_type(spot, "a name", json);
	value = protobuf_c_enum_descriptor_get_value_by_name(type, json_string_value(json));
	if (!value)
		return spot_fail(spot, "'%s' is no %s", json_string_value(json), type->name);
	wire_put_varint(out, (uint64_t)value->value);
	return 0;
}

static int encode_bytes(const json_t *json, const struct spot *spot, struct buf *out)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };

	if (!json_is_string(json))
		return fail_type(spot, "base64", json);
	if (!base64_decode(json_string_value(json), json_string_length(json), &bytes))
		return spot_fail(spot, "is no base64");
	wire_put_bytes(out, buf_text(&bytes), bytes.len);
	return 0;
}

static int encode_nested(const ProtobufCMessageDescriptor *type, const json_t *json,
			 const struct spot *spot, struct buf *out)
{
	CLEANUP(buf_done) struct buf message = { 0 };
	int r;

	r = encode_message(type, json, spot, &message);
	if (r < 0)
		return r;
	wire_put_bytes(out, buf_text(&message), message.len);
	return 0;
}

static int encode_value(const ProtobufCFieldDescriptor *field, const json_t *json,
			const struct spot *spot, struct buf *out)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
		return encode_integer(json, INT32_MIN, INT32_MAX, spot, out);
	case PROTOBUF_C_TYPE_INT64:
		return encode_integer(json, INT64_MIN, INT64_MAX, spot, out);
	case PROTOBUF_C_TYPE_UINT32:
		return encode_integer(json, 0, UINT32_MAX, spot, out);
	case PROTOBUF_C_TYPE_UINT64:
		return encode_integer(json, 0, INT64_MAX, spot, out);
	case PROTOBUF_C_TYPE_DOUBLE:
		if (!json_is_number(json))
			return fail_type(spot, "a number", json);
		wire_put_double(out, json_number_value(json));
		return 0;
	case PROTOBUF_C_TYPE_BOOL:
		if (!json_is_boolean(json))
			return fail_type(spot, "true or false", json);
		wire_put_varint(out, json_is_true(json));
		return 0;
	case PROTOBUF_C_TYPE_ENUM:
		return encode_enum(field->descriptor, json, spot, out);
	case PROTOBUF_C_TYPE_STRING:
		if (!json_is_string(json))
			return fail_type(spot, "a string", json);
		wire_put_bytes(out, json_string_value(json), json_string_length(json));
		return 0;
	case PROTOBUF_C_TYPE_BYTES:
		return encode_bytes(json, spot, out);
	case PROTOBUF_C_TYPE_MESSAGE:
		return encode_nested(field->descriptor, json, spot, out);
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
		break;
	}
	return spot_fail(spot, "has a type that no message of Envoy's subset uses");
}

static enum wire_type field_wire_type(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return WIRE_BYTES;
	case PROTOBUF_C_TYPE_DOUBLE:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return WIRE_FIXED64;
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return WIRE_FIXED32;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_BOOL:
	case PROTOBUF_C_TYPE_ENUM:
		break;
	}
	return WIRE_VARINT;
}

static bool field_in_oneof(const ProtobufCFieldDescriptor *field)
{
	return field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
}

/* A scalar of proto3 that is at its default is not written, unless its oneof tells that it is set. */
static bool field_skips(const ProtobufCFieldDescriptor *field, const struct buf *value)
{
	if (field->type == PROTOBUF_C_TYPE_MESSAGE || field_in_oneof(field))
		return false;
	for (size_t i = 0; i < value->len; i++) {
		if (value->data[i])
			return false;
	}
	return true;
}

static int encode_singular(const ProtobufCFieldDescriptor *field, const json_t *json,
			   const struct spot *spot, struct buf *out)
{
	CLEANUP(buf_done) struct buf value = { 0 };
	int r;

	r = encode_value(field, json, spot, &value);
	if (r < 0)
		return r;
	if (field_skips(field, &value))
		return 0;
	wire_put_tag(out, field->id, field_wire_type(field));
	buf_add(out, value.data, value.len);
	return 0;
}

static int encode_list(const ProtobufCFieldDescriptor *field, const json_t *json,
		       const struct spot *spot, struct buf *out)
{
	bool packed = field_wire_type(field) != WIRE_BYTES;
	CLEANUP(buf_done) struct buf run = { 0 };
	struct path path = path_index(spot->path, 0);
	struct spot item = { .path = &path, .depth = spot->depth, .err = spot->err };
	int r;

	if (!json_is_array(json))
		return fail_type(spot, "an array", json);
	for (path.index = 0; path.index < json_array_size(json); path.index++) {
		if (!packed)
			wire_put_tag(&run, field->id, WIRE_BYTES);
		r = encode_value(field, json_array_get(json, path.index), &item, &run);
		if (r < 0)
			return r;
	}
	if (packed && run.len) {
		wire_put_tag(out, field->id, WIRE_BYTES);
		wire_put_varint(out, run.len);
	}
	buf_add(out, run.data, run.len);
	return 0;
}

/* protobuf-c keeps a map as a repeated message of the name that protoc gave it. */
static bool field_is_map(const ProtobufCFieldDescriptor *field)
{
	const ProtobufCMessageDescriptor *entry = field->descriptor;

	return field->type == PROTOBUF_C_TYPE_MESSAGE && entry->n_fields == 2 &&
	       str_has_suffix(entry->name, "Entry") && str_equal(entry->fields[0].name, "key");
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of an object, sorted; for free(). */
static const char **sorted_keys(const json_t *object)
{
	const char **keys = memory_new(json_object_size(object) + 1, sizeof(*keys));
	size_t count = 0;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
		keys[count++] = key;
	qsort(keys, count, sizeof(*keys), compare_keys);
	return keys;
}

static int encode_map(const ProtobufCFieldDescriptor *field, const json_t *json,
		      const struct spot *spot, struct buf *out)
{
	const ProtobufCMessageDescriptor *type = field->descriptor;
	const ProtobufCFieldDescriptor *value = &type->fields[1];
	CLEANUP(free) const char **keys = NULL;
	int r;

	if (!json_is_object(json))
		return fail_type(spot, "an object", json);
	keys = sorted_keys(json);
	for (const char **key = keys; *key; key++) {
		CLEANUP(buf_done) struct buf entry = { 0 };
		struct path path = path_key(spot->path, *key);
		struct spot item = { .path = &path, .depth = spot->depth, .err = spot->err };

		wire_put_tag(&entry, 1, WIRE_BYTES);
		wire_put_bytes(&entry, *key, strlen(*key));
		wire_put_tag(&entry, 2, field_wire_type(value));
		r = encode_value(value, json_object_get(json, *key), &item, &entry);
		if (r < 0)
			return r;
		wire_put_tag(out, field->id, WIRE_BYTES);
		wire_put_bytes(out, entry.data, entry.len);
	}
	return 0;
}

int encode_field(const ProtobufCFieldDescriptor *field, const json_t *json, const struct spot *spot,
		 struct buf *out)
{
	if (field->label != PROTOBUF_C_LABEL_REPEATED)
		return encode_singular(field, json, spot, out);
	if (field_is_map(field))
		return encode_map(field, json, spot, out);
	return encode_list(field, json, spot, out);
}

/* The member that is set of the oneof of a field, other than the field itself and before it. */
static const char *oneof_rival(const ProtobufCMessageDescriptor *type,
			       const ProtobufCFieldDescriptor *field, const json_t *json)
{
	for (const ProtobufCFieldDescriptor *other = type->fields; other < field; other++) {
		if (field_in_oneof(other) && other->quantifier_offset == field->quantifier_offset &&
		    json_has(json, other->name))
			return other->name;
	}
	return NULL;
}

static int fail_unknown(const ProtobufCMessageDescriptor *type, const json_t *json,
			const struct spot *spot)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)json, key, value) {
		struct path path = path_key(spot->path, key);
		struct spot member = { .path = &path, .depth = spot->depth, .err = spot->err };

		if (!protobuf_c_message_descriptor_get_field_by_name(type, key))
			return spot_fail(&member, "is no field of %s", type->name);
	}
	return 0;
}

static int encode_fields(const ProtobufCMessageDescriptor *type, const json_t *json,
			 const struct spot *spot, struct buf *out)
{
	const char *rival;
	int r;

	for (unsigned int i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		struct path path = path_key(spot->path, field->name);
		struct spot member = { .path = &path, .depth = spot->depth, .err = spot->err };

		if (!json_has(json, field->name))
			continue;
		rival = field_in_oneof(field) ? oneof_rival(type, field, json) : NULL;
		if (rival)
			return spot_fail(spot, "%s and %s exclude each other", rival, field->name);
		r = encode_field(field, json_object_get(json, field->name), &member, out);
		if (r < 0)
			return r;
	}
	return fail_unknown(type, json, spot);
}

int encode_message(const ProtobufCMessageDescriptor *type, const json_t *json,
		   const struct spot *spot, struct buf *out)
{
	struct spot inside = { .path = spot->path, .depth = spot->depth + 1, .err = spot->err };
	encode_known_fn *known = encode_known(type);

	if (inside.depth > DEPTH_MAX)
		return spot_fail(spot, "is nested too deep");
	if (known)
		return known(type, json, &inside, out);
	if (!json_is_object(json))
		return fail_type(spot, "an object", json);
	return encode_fields(type, json, &inside, out);
}

int encode(const char *type, const json_t *json, struct buf *out, struct error *err)
{
	const ProtobufCMessageDescriptor *descriptor = type_find(type);
	CLEANUP(buf_done) struct buf message = { 0 };
	struct spot spot = { .err = err };
	int r;

	if (!descriptor)
		return error_set(err, ERROR_INVALID, "no message is called '%s'", type);
	r = encode_message(descriptor, json, &spot, &message);
	if (r < 0)
		return r;
	if (!buf_add(out, message.data, message.len))
		return error_set(err, ERROR_TOO_LARGE, "the message has %zu bytes", message.len);
	return 0;
}
