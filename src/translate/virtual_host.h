/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual hosts of one RouteConfiguration under construction, and the order of their routes. */
#pragma once

#include "translate/ir.h"

/* What stands before what within one virtual host, the larger number first, rank by rank; on a tie
 * the smaller order. */
enum { RANK_EXACT_HOST, RANK_HOST, RANK_FIRST, RANKS = RANK_FIRST + 5 };

struct ranked_route {
	const struct ir_route *route;
	uint32_t ranks[RANKS];
	size_t order;
};

struct virtual_host {
	const char *host; /* Envoy's domain */
	LIST_OF(struct ranked_route) routes;
};

struct host_table;

struct host_table *host_table_new(struct arena *arena);

/* The virtual host of that domain, made without routes where there is none: it answers 404. */
struct virtual_host *host_table_get(struct host_table *table, const char *host);

/* The i-th from 0; NULL behind the last. */
struct virtual_host *host_table_at(const struct host_table *table, size_t i);

/* Puts a host's routes into their order of precedence. */
void virtual_host_sort(struct virtual_host *host);

/* Sorts, and appends all of it to the IR under this name. */
void host_table_emit(struct host_table *table, const char *name, struct ir *ir);
