/* SPDX-License-Identifier: Apache-2.0 */
/* What the encoder's two halves call of each other. */
#pragma once

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "json/path.h"

/* A member that is being encoded: where it is, and where its fault is written. */
struct spot {
	const struct path *path;
	unsigned int depth;
	struct error *err;
};

/* The fault of a spot: "<path>: <text>". */
int spot_fail(const struct spot *spot, const char *format, ...) FORMAT(2, 3);

/* Appends the message without its length. */
int encode_message(const ProtobufCMessageDescriptor *type, const json_t *json,
		   const struct spot *spot, struct buf *out);
/* Appends a field with its tag, unless it is at its default. */
int encode_field(const ProtobufCFieldDescriptor *field, const json_t *json, const struct spot *spot,
		 struct buf *out);

/* How a well-known type of google.protobuf is written in JSON, where that is not as its fields. */
typedef int encode_known_fn(const ProtobufCMessageDescriptor *type, const json_t *json,
			    const struct spot *spot, struct buf *out);
/* NULL for any other message. */
encode_known_fn *encode_known(const ProtobufCMessageDescriptor *type);
