/* SPDX-License-Identifier: Apache-2.0 */
/* The protobuf wire format, as far as it is written. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

enum wire_type {
	WIRE_VARINT = 0,
	WIRE_FIXED64 = 1,
	WIRE_BYTES = 2,
	WIRE_FIXED32 = 5,
};

void wire_put_varint(struct buf *out, uint64_t value);
void wire_put_tag(struct buf *out, uint32_t number, enum wire_type type);
/* Little-endian. */
void wire_put_double(struct buf *out, double value);
/* The length, then the bytes. */
void wire_put_bytes(struct buf *out, const void *bytes, size_t length);
