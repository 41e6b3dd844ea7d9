/* SPDX-License-Identifier: Apache-2.0 */
/* The protobuf wire format, as far as it is written. */
#include "envoy/wire.h"

#include <string.h>

void wire_put_varint(struct buf *out, uint64_t value)
{
	while (value >= 0x80) {
		buf_putc(out, (char)(0x80 | (value & 0x7f)));
		value >>= 7;
	}
	buf_putc(out, (char)value);
}

void wire_put_tag(struct buf *out, uint32_t number, enum wire_type type)
{
	wire_put_varint(out, (uint64_t)number << 3 | type);
}

void wire_put_double(struct buf *out, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	for (unsigned int shift = 0; shift < 64; shift += 8)
		buf_putc(out, (char)(bits >> shift & 0xff));
}

void wire_put_bytes(struct buf *out, const void *bytes, size_t length)
{
	wire_put_varint(out, length);
	buf_add(out, bytes, length);
}
