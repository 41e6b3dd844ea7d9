/* SPDX-License-Identifier: Apache-2.0 */
#include "translate/virtual_host.h"

#include "base/arena.h"
#include "tests/unit/suite.h"

static void add(struct arena *arena, struct host_table *table, const char *host, const char *path,
		uint32_t first, uint32_t second, size_t order)
{
	struct ir_route *route = ARENA_NEW(arena, struct ir_route);
	struct ranked_route ranked = { .route = route, .order = order };

	route->match.path = path;
	ranked.ranks[RANK_FIRST] = first;
	ranked.ranks[RANK_FIRST + 1] = second;
	LIST_APPEND(arena, &host_table_get(table, host)->routes, ranked);
}

START_TEST(emit_larger_rank_first_then_order)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct host_table *table = host_table_new(arena);
	struct ir ir = { .arena = arena };
	const struct ir_virtual_host *host;

	add(arena, table, "a", "/fourth", 1, 0, 4);
	add(arena, table, "a", "/third", 1, 0, 3);
	add(arena, table, "a", "/second", 1, 9, 7);
	add(arena, table, "a", "/first", 2, 0, 9);
	host_table_emit(table, "r", &ir);
	ck_assert_uint_eq(ir.routes.count, 1);
	host = &ir.routes.items[0].hosts.items[0];
	ck_assert_uint_eq(host->routes.count, 4);
	ck_assert_str_eq(host->routes.items[0].match.path, "/first");
	ck_assert_str_eq(host->routes.items[1].match.path, "/second");
	ck_assert_str_eq(host->routes.items[2].match.path, "/third");
	ck_assert_str_eq(host->routes.items[3].match.path, "/fourth");
}
END_TEST

START_TEST(emit_hosts_sorted_by_name_whatever_came_first)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct host_table *table = host_table_new(arena);
	struct ir ir = { .arena = arena };

	host_table_get(table, "b");
	host_table_get(table, "a");
	host_table_get(table, "b");
	host_table_emit(table, "r", &ir);
	ck_assert_uint_eq(ir.routes.items[0].hosts.count, 2);
	ck_assert_str_eq(ir.routes.items[0].hosts.items[0].name, "a");
	ck_assert_str_eq(ir.routes.items[0].hosts.items[1].domains.items[0], "b");
}
END_TEST

SUITE(translate_virtual_host, emit_larger_rank_first_then_order,
      emit_hosts_sorted_by_name_whatever_came_first)
