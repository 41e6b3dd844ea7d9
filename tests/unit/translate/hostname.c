/* SPDX-License-Identifier: Apache-2.0 */
#include "translate/hostname.h"

#include "tests/unit/suite.h"

START_TEST(intersection_every_pair_as_gateway_api_says)
{
	static const struct {
		const char *listener, *route, *both;
	} cases[] = {
		{ "*", "*", "*" },
		{ "*", "a.test", "a.test" },
		{ "a.test", "*", "a.test" },
		{ "a.test", "a.test", "a.test" },
		{ "a.test", "b.test", NULL },
		{ "*.a.test", "b.a.test", "b.a.test" },
		{ "*.a.test", "c.b.a.test", "c.b.a.test" },
		{ "*.a.test", "a.test", NULL },
		{ "b.a.test", "*.a.test", "b.a.test" },
		{ "*.a.test", "*.b.a.test", "*.b.a.test" },
		{ "*.b.a.test", "*.a.test", "*.b.a.test" },
		{ "*.a.test", "*.b.test", NULL },
		{ "*.a.test", "b.xa.test", NULL },
		{ "a.test", "*.a.test", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_pstr_eq(hostname_intersection(cases[i].listener, cases[i].route),
				  cases[i].both);
}
END_TEST

START_TEST(canonical_forms_one)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	ck_assert_str_eq(hostname_canonical(arena, NULL), "*");
	ck_assert_str_eq(hostname_canonical(arena, ""), "*");
	ck_assert_str_eq(hostname_canonical(arena, "*.A.Test"), "*.a.test");
}
END_TEST

START_TEST(host_set_meets_equal_above_and_below)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct host_set *set = host_set_new(arena);

	ck_assert(!host_set_meets(set, "*"));
	host_set_add(set, "x.a.test");
	host_set_add(set, "*.b.test");
	ck_assert(host_set_meets(set, "x.a.test"));
	ck_assert(host_set_meets(set, "*.a.test"));
	ck_assert(host_set_meets(set, "*.test"));
	ck_assert(host_set_meets(set, "y.z.b.test"));
	ck_assert(host_set_meets(set, "*.z.b.test"));
	ck_assert(host_set_meets(set, "*"));
	ck_assert(!host_set_meets(set, "a.test"));
	ck_assert(!host_set_meets(set, "y.a.test"));
	ck_assert(!host_set_meets(set, "*.x.a.test"));
	ck_assert(!host_set_meets(set, "b.test"));
	host_set_add(set, "*");
	ck_assert(host_set_meets(set, "elsewhere.test"));
}
END_TEST

SUITE(translate_hostname, intersection_every_pair_as_gateway_api_says, canonical_forms_one,
      host_set_meets_equal_above_and_below)
