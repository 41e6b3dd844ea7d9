/* SPDX-License-Identifier: Apache-2.0 */
/* IP addresses and networks. */
#include "net/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

bool address_parse(const char *text, struct address *ret)
{
	struct address address = { 0 };

	if (!text)
		return false;
	if (inet_pton(AF_INET, text, address.bytes + 12) != 1) {
		address.v6 = true;
		if (inet_pton(AF_INET6, text, address.bytes) != 1)
			return false;
	}
	*ret = address;
	return true;
}

void address_text(const struct address *address, char ret[ADDRESS_TEXT_SIZE])
{
	if (address->v6)
		inet_ntop(AF_INET6, address->bytes, ret, ADDRESS_TEXT_SIZE);
	else
		inet_ntop(AF_INET, address->bytes + 12, ret, ADDRESS_TEXT_SIZE);
}

bool host_port_parse(const char *text, struct host_port *ret)
{
	const char *colon = strrchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : 0;
	int64_t port;

	if (!length || !str_to_number(colon + 1, 1, 65535, &port))
		return false;
	if (text[0] == '[' && text[length - 1] == ']') {
		text++;
		length -= 2;
	} else if (memchr(text, ':', length)) {
		return false;
	}
	if (!length || length >= sizeof(ret->host))
		return false;
	snprintf(ret->host, sizeof(ret->host), "%.*s", (int)length, text);
	ret->port = (uint16_t)port;
	return true;
}

static struct address v4_at(const uint8_t *bytes)
{
	struct address address = { 0 };

	memcpy(address.bytes + 12, bytes, 4);
	return address;
}

struct address address_unmap(const struct address *address)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	static const uint8_t compatible[12] = { 0 };
	static const uint8_t nat64[12] = { 0, 0x64, 0xff, 0x9b };
	const uint8_t *b = address->bytes;

	if (!address->v6)
		return *address;
	if (memcmp(b, mapped, 12) == 0 || memcmp(b, nat64, 12) == 0)
		return v4_at(b + 12);
	/* ::/96 holds the unspecified address and loopback too, which are IPv6's own. */
	if (memcmp(b, compatible, 12) == 0 && (b[12] || b[13] || b[14] || b[15] > 1))
		return v4_at(b + 12);
	if (b[0] == 0x20 && b[1] == 0x02)
		return v4_at(b + 2);
	return *address;
}

bool address_add(const struct address *address, uint64_t offset, struct address *ret)
{
	struct address sum = *address;
	int last = address->v6 ? 0 : 12;
	unsigned carry = 0;

	for (int i = 15; i >= last; i--) {
		unsigned byte = sum.bytes[i] + (unsigned)(offset & 0xff) + carry;

		sum.bytes[i] = (uint8_t)byte;
		carry = byte >> 8;
		offset >>= 8;
	}
	if (carry || offset)
		return false;
	*ret = sum;
	return true;
}

bool address_distance(const struct address *a, const struct address *b, uint64_t *ret)
{
	uint64_t low_a = 0, low_b = 0;

	if (a->v6 != b->v6 || memcmp(a->bytes, b->bytes, 8) != 0 ||
	    memcmp(a->bytes, b->bytes, 16) > 0)
		return false;
	for (int i = 8; i < 16; i++) {
		low_a = low_a << 8 | a->bytes[i];
		low_b = low_b << 8 | b->bytes[i];
	}
	*ret = low_b - low_a;
	return *ret < UINT64_C(1) << 63;
}

static uint8_t mask_byte(unsigned prefix, unsigned index)
{
	if (prefix >= (index + 1) * 8)
		return 0xff;
	if (prefix <= index * 8)
		return 0;
	return (uint8_t)(0xff << (8 - (prefix - index * 8)));
}

bool network_parse(const char *text, struct network *ret)
{
	char address[ADDRESS_TEXT_SIZE];
	const char *slash = text ? strchr(text, '/') : NULL;
	struct network network;
	int64_t prefix;

	if (!text || (slash ? (size_t)(slash - text) : strlen(text)) >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", slash ? (int)(slash - text) : 64, text);
	if (!address_parse(address, &network.address))
		return false;
	prefix = network.address.v6 ? 128 : 32;
	if (slash && !str_to_number(slash + 1, 0, prefix, &prefix))
		return false;
	network.prefix = (unsigned)prefix;
	for (unsigned i = network.address.v6 ? 0 : 12, bit = 0; i < 16; i++, bit++)
		network.address.bytes[i] &= mask_byte(network.prefix, bit);
	*ret = network;
	return true;
}

bool network_contains(const struct network *network, const struct address *address)
{
	unsigned first = address->v6 ? 0 : 12, whole = network->prefix / 8;
	const uint8_t *own = network->address.bytes + first, *other = address->bytes + first;

	if (network->address.v6 != address->v6 || memcmp(own, other, whole) != 0)
		return false;
	return network->prefix % 8 == 0 ||
	       (other[whole] & mask_byte(network->prefix, whole)) == own[whole];
}

bool network_within(const struct network *inner, const struct network *outer)
{
	return inner->prefix >= outer->prefix && network_contains(outer, &inner->address);
}

/* In bytes, since every endpoint of every review is held against all of them. */
#define V4(a, b, c, d, prefix_)                                                             \
	{                                                                                   \
		.address = { .bytes = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d } }, \
		.prefix = (prefix_)                                                         \
	}
#define V6(prefix_, ...)                                                                 \
	{                                                                                \
		.address = { .v6 = true, .bytes = { __VA_ARGS__ } }, .prefix = (prefix_) \
	}

static const struct {
	struct network network;
	const char *class;
} classes[] = {
	{ V4(169, 254, 169, 254, 32), "metadata" },
	{ V4(100, 100, 100, 200, 32), "metadata" },
	{ V4(169, 254, 170, 2, 32), "metadata" },
	{ V4(169, 254, 170, 23, 32), "metadata" },
	{ V4(168, 63, 129, 16, 32), "metadata" },
	{ V4(192, 0, 0, 192, 32), "metadata" },
	{ V6(128, 0xfd, 0, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54), "metadata" },
	{ V6(128, 0xfd, 0, 0x0e, 0xc2, [15] = 0x23), "metadata" },
	{ V6(128, 0xfd, 0x20, 0, 0xce, [14] = 0x02, [15] = 0x54), "metadata" },
	{ V6(128, 0xfe, 0x80, [12] = 0xa9, [13] = 0xfe, [14] = 0xa9, [15] = 0xfe), "metadata" },
	{ V4(127, 0, 0, 0, 8), "loopback" },
	{ V6(128, [15] = 1), "loopback" },
	{ V4(169, 254, 0, 0, 16), "link-local" },
	{ V6(10, 0xfe, 0x80), "link-local" },
	{ V4(224, 0, 0, 0, 4), "multicast" },
	{ V6(8, 0xff), "multicast" },
	{ V4(0, 0, 0, 0, 8), "unspecified" },
	{ V6(128, 0), "unspecified" },
	{ V4(255, 255, 255, 255, 32), "broadcast" },
};

const char *address_class(const struct address *address)
{
	struct address plain = address_unmap(address);

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (network_contains(&classes[i].network, &plain))
			return classes[i].class;
	return NULL;
}
