/* SPDX-License-Identifier: Apache-2.0 */
/* IP addresses and networks: strict reading, one canonical form, and what an address is for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define ADDRESS_TEXT_SIZE 46

/* 16 bytes either way: an IPv4 address lies in the last four. */
struct address {
	bool v6;
	uint8_t bytes[16];
};

/* "127.0.0.1:9000", "[::1]:9000", "localhost:9000" taken apart. */
struct host_port {
	char host[256]; /* without the brackets of an IPv6 address */
	uint16_t port;	/* never 0 */
};

bool host_port_parse(const char *text, struct host_port *ret);

struct network {
	struct address address;
	unsigned prefix; /* bits: at most 32 or 128 */
};

/* An IPv4 or IPv6 literal as inet_pton() reads it: no leading zeros, no zone, no white space. */
bool address_parse(const char *text, struct address *ret);
void address_text(const struct address *address, char ret[ADDRESS_TEXT_SIZE]);

/* The IPv4 address inside ::ffff:0:0/96, ::/96, 64:ff9b::/96 or 2002::/16; any other stays. */
struct address address_unmap(const struct address *address);

/* The address `offset` above this one; false past the end of its family. */
bool address_add(const struct address *address, uint64_t offset, struct address *ret);
/* How far b lies above a; false when below, in another family or 2^63 and more away. */
bool address_distance(const struct address *a, const struct address *b, uint64_t *ret);

/* "10.0.0.0/8", or an address alone. Bits behind the prefix are cleared. */
bool network_parse(const char *text, struct network *ret);
bool network_contains(const struct network *network, const struct address *address);
/* Does every address of inner lie in outer? */
bool network_within(const struct network *inner, const struct network *outer);

/* What an endpoint must not be unless it is allowed; NULL: an ordinary unicast address. The answer is
 * for people: "loopback", "link-local", "multicast", "unspecified", "broadcast", "metadata". An IPv4
 * address inside an IPv6 one counts as itself. */
const char *address_class(const struct address *address);
