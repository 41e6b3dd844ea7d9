/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that `kubelb run` gives to owners: by hash of the owner, first free on collision, the
 * same again as long as the ledger knows it. */
#pragma once

#include <stddef.h>

#include "base/error.h"
#include "manager/ledger.h"

struct address_pool;

/* text: a CIDR, a range "a-b", an address, or several of them with commas between. */
int address_pool_new(const char *text, struct address_pool **ret, struct error *err);
void address_pool_free(struct address_pool *pool);
CLEANUP_DEFINE(address_pool_free, struct address_pool *)

/* The owner's address, noted in the ledger; NULL when the pool has none left. Borrowed from the
 * ledger. */
const char *address_pool_assign(const struct address_pool *pool, struct ledger *ledger,
				const char *owner);

/* The pool's networks as text, for what no endpoint may lie in; `i` from 0, NULL behind the last. A
 * range comes as the networks that it is made of. */
const char *address_pool_network(const struct address_pool *pool, size_t i);
