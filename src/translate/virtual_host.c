/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual hosts under construction. */
#include "translate/virtual_host.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "translate/map.h"

struct host_table {
	struct arena *arena;
	struct map *by_host;
	LIST_OF(struct virtual_host *) hosts;
};

struct host_table *host_table_new(struct arena *arena)
{
	struct host_table *table = ARENA_NEW(arena, struct host_table);

	table->arena = arena;
	table->by_host = map_new(arena);
	return table;
}

struct virtual_host *host_table_get(struct host_table *table, const char *host)
{
	struct virtual_host *found = map_get(table->by_host, host);

	if (found)
		return found;
	found = ARENA_NEW(table->arena, struct virtual_host);
	found->host = host;
	map_add(table->by_host, host, found);
	LIST_APPEND(table->arena, &table->hosts, found);
	return found;
}

struct virtual_host *host_table_at(const struct host_table *table, size_t i)
{
	return i < table->hosts.count ? table->hosts.items[i] : NULL;
}

static int route_order(const void *left, const void *right)
{
	const struct ranked_route *a = left, *b = right;

	for (size_t i = 0; i < RANKS; i++)
		if (a->ranks[i] != b->ranks[i])
			return a->ranks[i] > b->ranks[i] ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

void virtual_host_sort(struct virtual_host *host)
{
	if (host->routes.count)
		qsort(host->routes.items, host->routes.count, sizeof(*host->routes.items),
		      route_order);
}

static int host_order(const void *left, const void *right)
{
	const struct virtual_host *const *a = left, *const *b = right;

	return strcmp((*a)->host, (*b)->host);
}

static struct ir_virtual_host host_emit(struct arena *arena, struct virtual_host *host)
{
	struct ir_virtual_host ir = { .name = host->host };

	virtual_host_sort(host);
	LIST_APPEND(arena, &ir.domains, host->host);
	ir.routes.items = arena_alloc(arena, host->routes.count, sizeof(*ir.routes.items));
	for (size_t i = 0; i < host->routes.count; i++)
		ir.routes.items[ir.routes.count++] = *host->routes.items[i].route;
	return ir;
}

/* By name, so that a host that comes or goes moves no other one. */
void host_table_emit(struct host_table *table, const char *name, struct ir *ir)
{
	struct ir_routes routes = { .name = name };

	if (table->hosts.count)
		qsort(table->hosts.items, table->hosts.count, sizeof(*table->hosts.items),
		      host_order);
	for (size_t i = 0; i < table->hosts.count; i++)
		LIST_APPEND(table->arena, &routes.hosts,
			    host_emit(table->arena, table->hosts.items[i]));
	LIST_APPEND(table->arena, &ir->routes, routes);
}
