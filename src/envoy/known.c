/* SPDX-License-Identifier: Apache-2.0 */
/* The types of google.protobuf that have a JSON form of their own. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "envoy/encode_internal.h"
#include "envoy/proto/google.pb-c.h"
#include "envoy/types.h"
#include "envoy/wire.h"
#include "json/read.h"

#define URL_PREFIX "type.googleapis.com/"
/* ±10,000 years: google.protobuf.Duration. */
#define SECONDS_MAX 315576000000LL

/* {"@type": url, …the message's own fields} */
static int encode_any(const ProtobufCMessageDescriptor *type, const json_t *json,
		      const struct spot *spot, struct buf *out)
{
	const char *url = json_text(json, "@type");
	const ProtobufCMessageDescriptor *inner;
	CLEANUP(buf_done) struct buf message = { 0 };
	CLEANUP(json_decref) json_t *fields = NULL;
	int r;

	(void)type;
	if (!url)
		return spot_fail(spot, "needs @type");
	inner = str_has_prefix(url, URL_PREFIX) ? type_find(url + strlen(URL_PREFIX)) : NULL;
	if (!inner)
		return spot_fail(spot, "'%s' is no known type", url);
	fields = json_copy((json_t *)(uintptr_t)json);
	json_object_del(fields, "@type");
	r = encode_message(inner, fields, spot, &message);
	if (r < 0)
		return r;
	wire_put_tag(out, 1, WIRE_BYTES);
	wire_put_bytes(out, url, strlen(url));
	if (message.len) {
		wire_put_tag(out, 2, WIRE_BYTES);
		wire_put_bytes(out, message.data, message.len);
	}
	return 0;
}

/* The digits behind the point as nanoseconds; -1 for anything but 1 to 9 digits and "s". */
static int64_t parse_nanos(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	int64_t nanos = 0;

	if (digits < 1 || digits > 9 || !str_equal(text + digits, "s"))
		return -1;
	for (size_t i = 0; i < 9; i++)
		nanos = nanos * 10 + (i < digits ? text[i] - '0' : 0);
	return nanos;
}

/* "1.5s", "-0.25s" */
static bool parse_duration(const char *text, int64_t *ret_seconds, int64_t *ret_nanos)
{
	bool negative = *text == '-';
	size_t digits;
	int64_t seconds, nanos = 0;

	text += negative;
	digits = strspn(text, "0123456789");
	if (digits < 1 || digits > 12)
		return false;
	seconds = strtoll(text, NULL, 10);
	text += digits;
	if (*text == '.')
		nanos = parse_nanos(text + 1);
	else if (!str_equal(text, "s"))
		return false;
	if (nanos < 0 || seconds > SECONDS_MAX)
		return false;
	*ret_seconds = negative ? -seconds : seconds;
	*ret_nanos = negative ? -nanos : nanos;
	return true;
}

static int encode_duration(const ProtobufCMessageDescriptor *type, const json_t *json,
			   const struct spot *spot, struct buf *out)
{
	int64_t seconds, nanos;

	(void)type;
	if (!json_is_string(json) || !parse_duration(json_string_value(json), &seconds, &nanos))
		return spot_fail(spot, "must be a duration like \"1.5s\"");
	if (seconds) {
		wire_put_tag(out, 1, WIRE_VARINT);
		wire_put_varint(out, (uint64_t)seconds);
	}
	if (nanos) {
		wire_put_tag(out, 2, WIRE_VARINT);
		wire_put_varint(out, (uint64_t)nanos);
	}
	return 0;
}

/* Encodes json as one of the type's fields; the field has no name in JSON, nor in the path. */
static int encode_as(const ProtobufCMessageDescriptor *type, const char *name, const json_t *json,
		     const struct spot *spot, struct buf *out)
{
	return encode_field(protobuf_c_message_descriptor_get_field_by_name(type, name), json, spot,
			    out);
}

static int encode_wrapper(const ProtobufCMessageDescriptor *type, const json_t *json,
			  const struct spot *spot, struct buf *out)
{
	return encode_as(type, "value", json, spot, out);
}

static int encode_struct(const ProtobufCMessageDescriptor *type, const json_t *json,
			 const struct spot *spot, struct buf *out)
{
	return encode_as(type, "fields", json, spot, out);
}

static int encode_list_value(const ProtobufCMessageDescriptor *type, const json_t *json,
			     const struct spot *spot, struct buf *out)
{
	return encode_as(type, "values", json, spot, out);
}

static int encode_any_value(const ProtobufCMessageDescriptor *type, const json_t *json,
			    const struct spot *spot, struct buf *out)
{
	static const char *const fields[] = {
		[JSON_OBJECT] = "struct_value", [JSON_ARRAY] = "list_value",
		[JSON_STRING] = "string_value", [JSON_INTEGER] = "number_value",
		[JSON_REAL] = "number_value",	[JSON_TRUE] = "bool_value",
		[JSON_FALSE] = "bool_value",	[JSON_NULL] = "null_value",
	};

	if (json_is_null(json)) {
		wire_put_tag(out, 1, WIRE_VARINT);
		wire_put_varint(out, 0);
		return 0;
	}
	return encode_as(type, fields[json_typeof(json)], json, spot, out);
}

static const struct {
	const ProtobufCMessageDescriptor *type;
	encode_known_fn *encode;
} known[] = {
	{ &google__protobuf__any__descriptor, encode_any },
	{ &google__protobuf__duration__descriptor, encode_duration },
	{ &google__protobuf__bool_value__descriptor, encode_wrapper },
	{ &google__protobuf__double_value__descriptor, encode_wrapper },
	{ &google__protobuf__string_value__descriptor, encode_wrapper },
	{ &google__protobuf__uint32_value__descriptor, encode_wrapper },
	{ &google__protobuf__uint64_value__descriptor, encode_wrapper },
	{ &google__protobuf__struct__descriptor, encode_struct },
	{ &google__protobuf__list_value__descriptor, encode_list_value },
	{ &google__protobuf__value__descriptor, encode_any_value },
};

encode_known_fn *encode_known(const ProtobufCMessageDescriptor *type)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].type == type)
			return known[i].encode;
	}
	return NULL;
}
