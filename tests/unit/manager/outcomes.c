/* SPDX-License-Identifier: Apache-2.0 */
#include "manager/outcomes.h"

#include "base/arena.h"
#include "tests/unit/suite.h"

START_TEST(sort_many_found_in_order)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct outcome items[] = {
		{ .kind = KIND_ROUTE, .name = "b", .source = "first" },
		{ .kind = KIND_ROUTE, .name = "a" },
		{ .kind = KIND_LOAD_BALANCER, .name = "b" },
		{ .kind = KIND_ROUTE, .name = "b", .source = "second" },
	};
	const struct outcome_list list = { .items = items, .count = 4 };
	const struct outcome **sorted = outcomes_sort(arena, &list);
	size_t at = outcomes_find(sorted, 4, KIND_ROUTE, "b");

	ck_assert_uint_lt(at + 1, 4);
	ck_assert_str_eq(sorted[at]->source, "first");
	ck_assert_str_eq(sorted[at + 1]->source, "second");
	ck_assert(at + 2 == 4 || !outcome_is_of(sorted[at + 2], KIND_ROUTE, "b"));
	at = outcomes_find(sorted, 4, KIND_LOAD_BALANCER, "b");
	ck_assert(outcome_is_of(sorted[at], KIND_LOAD_BALANCER, "b"));
}
END_TEST

START_TEST(find_absent_or_none_no_match)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct outcome item = { .kind = KIND_ROUTE, .name = "b" };
	const struct outcome_list one = { .items = &item, .count = 1 }, none = { 0 };
	const struct outcome **sorted = outcomes_sort(arena, &one);

	ck_assert(
		!outcome_is_of(sorted[outcomes_find(sorted, 1, KIND_ROUTE, "a")], KIND_ROUTE, "a"));
	ck_assert_uint_eq(outcomes_find(sorted, 1, KIND_ROUTE, "c"), 1);
	ck_assert_uint_eq(outcomes_find(outcomes_sort(arena, &none), 0, KIND_ROUTE, "a"), 0);
}
END_TEST

SUITE(manager_outcomes, sort_many_found_in_order, find_absent_or_none_no_match)
