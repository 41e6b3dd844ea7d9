/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that `kubelb run` gives to owners. */
#include "manager/address_pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/str.h"
#include "net/address.h"
#include "net/digest.h"
#include "json/shape.h"

/* So far an owner's address is looked for when its hash meets taken ones. */
#define PROBES_MAX 1000000

struct range {
	struct address first;
	uint64_t count;
};

struct address_pool {
	struct arena *arena;
	LIST_OF(struct range) ranges;
	struct string_list networks;
	uint64_t size;
};

static void add_range(struct address_pool *pool, struct address first, uint64_t count)
{
	LIST_APPEND(pool->arena, &pool->ranges, (struct range){ first, count });
	pool->size += count;
}

static bool parse_network(struct address_pool *pool, const char *text)
{
	struct network network;
	unsigned bits;

	if (!network_parse(text, &network))
		return false;
	bits = (network.address.v6 ? 128 : 32) - network.prefix;
	/* More than 2^32 addresses are never handed out. */
	add_range(pool, network.address, UINT64_C(1) << (bits > 32 ? 32 : bits));
	LIST_APPEND(pool->arena, &pool->networks, arena_strdup(pool->arena, text));
	return true;
}

/* The widest network that starts at first and holds at most count addresses. */
static unsigned block_bits(const struct address *first, uint64_t count)
{
	unsigned bits = 0;

	while (bits < 32 && (UINT64_C(2) << bits) <= count &&
	       !(first->bytes[15 - bits / 8] & 1u << bits % 8))
		bits++;
	return bits;
}

static bool parse_range(struct address_pool *pool, const char *text, const char *dash)
{
	char network[ADDRESS_TEXT_SIZE];
	struct address first, last;
	uint64_t count;

	if (!address_parse(arena_strndup(pool->arena, text, (size_t)(dash - text)), &first) ||
	    !address_parse(dash + 1, &last) || !address_distance(&first, &last, &count) ||
	    count > UINT32_MAX)
		return false;
	add_range(pool, first, ++count);
	while (count) {
		unsigned bits = block_bits(&first, count);

		address_text(&first, network);
		LIST_APPEND(
			pool->arena, &pool->networks,
			arena_printf(pool->arena, "%s/%u", network, (first.v6 ? 128 : 32) - bits));
		count -= UINT64_C(1) << bits;
		if (count)
			address_add(&first, UINT64_C(1) << bits, &first);
	}
	return true;
}

int address_pool_new(const char *text, struct address_pool **ret, struct error *err)
{
	CLEANUP(address_pool_free) struct address_pool *pool = memory_new(1, sizeof(*pool));
	CLEANUP(free) char *copy = memory_strdup(text);
	char *rest = copy, *part, *dash;

	pool->arena = arena_new();
	while ((part = strsep(&rest, ","))) {
		dash = strchr(part, '-');
		if (!(dash ? parse_range(pool, part, dash) : parse_network(pool, part)))
			return error_set(err, ERROR_INVALID,
					 "address pool '%s': '%s' is no address, no CIDR such as "
					 "127.64.0.0/16 and no range such as 10.0.0.10-10.0.0.20",
					 text, part);
	}
	*ret = take(pool);
	return 0;
}

void address_pool_free(struct address_pool *pool)
{
	if (!pool)
		return;
	arena_free(pool->arena);
	free(pool);
}

/* A network's own address and its broadcast address are no host's. */
static bool is_usable(const struct address *address)
{
	return address->v6 || (address->bytes[15] != 0 && address->bytes[15] != 255);
}

static bool address_at(const struct address_pool *pool, uint64_t index, struct address *ret)
{
	for (size_t i = 0; i < pool->ranges.count; i++) {
		const struct range *range = &pool->ranges.items[i];

		if (index < range->count)
			return address_add(&range->first, index, ret) &&
			       (pool->size < 256 || is_usable(ret));
		index -= range->count;
	}
	return false;
}

static bool pool_has(const struct address_pool *pool, const char *text)
{
	struct address address;
	uint64_t distance;

	if (!address_parse(text, &address))
		return false;
	for (size_t i = 0; i < pool->ranges.count; i++)
		if (address_distance(&pool->ranges.items[i].first, &address, &distance) &&
		    distance < pool->ranges.items[i].count)
			return true;
	return false;
}

const char *address_pool_assign(const struct address_pool *pool, struct ledger *ledger,
				const char *owner)
{
	const char *held = ledger_address(ledger, owner);
	char digest[DIGEST_HEX_SIZE], text[ADDRESS_TEXT_SIZE];
	struct address address;
	uint64_t start;

	if (held && pool_has(pool, held))
		return held;
	digest_hex(owner, strlen(owner), digest);
	digest[15] = '\0';
	start = strtoull(digest, NULL, 16);
	for (uint64_t i = 0; i < pool->size && i < PROBES_MAX; i++) {
		if (!address_at(pool, (start + i) % pool->size, &address))
			continue;
		address_text(&address, text);
		if (ledger_owner(ledger, text))
			continue;
		ledger_assign(ledger, owner, text);
		return ledger_address(ledger, owner);
	}
	return NULL;
}

const char *address_pool_network(const struct address_pool *pool, size_t i)
{
	return i < pool->networks.count ? pool->networks.items[i] : NULL;
}
