/* SPDX-License-Identifier: Apache-2.0 */
#include "translate/name.h"

#include "tests/unit/suite.h"
#include "translate/translate.h"

/* Tenants "a" and "a-b", their namespaces and objects: whatever a plain join would confuse. */
START_TEST(join_parts_divided_otherwise_names_differ)
{
	static const char *const pairs[][2] = {
		{ "tenant-a", "b-c" },	   { "tenant-a-b", "c" },   { "tenant-a", "b/c" },
		{ "tenant-a/b", "c" },	   { "tenant-a%2Fb", "c" }, { "tenant-a", "b%2Fc" },
		{ "tenant-a", "b%252Fc" }, { "tenant-a", "" },	    { "", "tenant-a" },
		{ "tenant-a/", "" },	   { "tenant-a", "/" },
	};
	const size_t count = sizeof(pairs) / sizeof(*pairs);
	CLEANUP(arena_free) struct arena *arena = arena_new();

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++) {
			ck_assert_str_ne(name_join(arena, pairs[i][0], pairs[i][1], NULL),
					 name_join(arena, pairs[k][0], pairs[k][1], NULL));
			ck_assert_str_ne(owner_key_load_balancer(arena, pairs[i][0], pairs[i][1]),
					 owner_key_load_balancer(arena, pairs[k][0], pairs[k][1]));
		}
}
END_TEST

START_TEST(join_long_names_not_cut)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *prefix = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	ck_assert_str_ne(name_join(arena, "tenant-a", arena_printf(arena, "%s1", prefix), NULL),
			 name_join(arena, "tenant-a", arena_printf(arena, "%s2", prefix), NULL));
}
END_TEST

SUITE(translate_name, join_parts_divided_otherwise_names_differ, join_long_names_not_cut)
