/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

#include "tests/unit/suite.h"

START_TEST(alloc_large_and_small_zeroed_and_aligned)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	for (size_t size = 1; size < 70000; size = size * 3 + 1) {
		unsigned char *p = arena_alloc(arena, size, 1);

		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, size);
	}
}
END_TEST

START_TEST(append_many_kept_in_order)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct {
		int *items;
		size_t count;
	} list = { 0 };

	for (int i = 0; i < 1000; i++)
		LIST_APPEND(arena, &list, i);
	ck_assert_uint_eq(list.count, 1000);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(list.items[i], i);
}
END_TEST

static void count_release(void *memory)
{
	int *released = memory;

	(*released)++;
}

START_TEST(adopt_released_once_with_arena)
{
	struct arena *arena = arena_new();
	int released = 0;

	arena_adopt(arena, &released, count_release);
	ck_assert_int_eq(released, 0);
	arena_free(arena);
	ck_assert_int_eq(released, 1);
}
END_TEST

SUITE(base_arena, alloc_large_and_small_zeroed_and_aligned, append_many_kept_in_order,
      adopt_released_once_with_arena)
