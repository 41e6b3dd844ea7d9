/* SPDX-License-Identifier: Apache-2.0 */
/* A DeltaDiscoveryResponse, encoded piece by piece: proto3 lets fields stand in any order, so that no
 * tree has to be built. */
#include "xds/response.h"

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>
#include <string.h>

/* Field numbers of envoy.service.discovery.v3, as in discovery.proto. */
enum { RESPONSE_RESOURCES = 2, RESPONSE_TYPE_URL = 4, RESPONSE_NONCE = 5, RESPONSE_REMOVED = 6 };
enum { RESOURCE_VERSION = 1, RESOURCE_ANY = 2, RESOURCE_NAME = 3 };
enum { ANY_TYPE_URL = 1, ANY_VALUE = 2 };
/* Of ClusterLoadAssignment and of RouteConfiguration alike. */
enum { EMPTY_NAME = 1 };

static void put_varint(struct buf *buf, uint64_t value)
{
	while (value >= 0x80) {
		buf_putc(buf, (char)(value | 0x80));
		value >>= 7;
	}
	buf_putc(buf, (char)value);
}

static void put_bytes(struct buf *buf, unsigned field, const void *bytes, size_t length)
{
	put_varint(buf, field << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
	put_varint(buf, length);
	buf_add(buf, bytes, length);
}

static void put_text(struct buf *buf, unsigned field, const char *text)
{
	put_bytes(buf, field, text, strlen(text));
}

static void put_resource(struct buf *buf, enum resource_type type, const char *name,
			 const char *version, const void *bytes, size_t length)
{
	CLEANUP(buf_done) struct buf any = { 0 };
	CLEANUP(buf_done) struct buf resource = { 0 };

	put_text(&any, ANY_TYPE_URL, resource_type_url(type));
	put_bytes(&any, ANY_VALUE, bytes, length);
	put_text(&resource, RESOURCE_VERSION, version);
	put_bytes(&resource, RESOURCE_ANY, any.data, any.len);
	put_text(&resource, RESOURCE_NAME, name);
	put_bytes(buf, RESPONSE_RESOURCES, resource.data, resource.len);
}

void response_begin(struct buf *buf, enum resource_type type, const char *nonce)
{
	put_text(buf, RESPONSE_TYPE_URL, resource_type_url(type));
	put_text(buf, RESPONSE_NONCE, nonce);
}

void response_add(struct buf *buf, const struct resource *resource)
{
	put_resource(buf, resource->type, resource->name, resource->version, resource->bytes,
		     resource->size);
}

void response_add_empty(struct buf *buf, enum resource_type type, const char *name)
{
	CLEANUP(buf_done) struct buf message = { 0 };

	put_text(&message, EMPTY_NAME, name);
	put_resource(buf, type, name, "", message.data, message.len);
}

void response_remove(struct buf *buf, const char *name)
{
	put_text(buf, RESPONSE_REMOVED, name);
}
