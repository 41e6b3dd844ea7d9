/* SPDX-License-Identifier: Apache-2.0 */
/* What each unit test file needs: Check, and its suite from a list of tests. */
#pragma once

#include <check.h>

/* Adds a suite to what main runs. */
void suites_add(Suite *suite);

/* SUITE(base_arena, test_a, test_b) is a suite of those tests; it adds itself before main starts. */
#define SUITE(name, ...)                                                    \
	static __attribute__((constructor)) void suite_##name(void)         \
	{                                                                   \
		const TTest *const tests[] = { __VA_ARGS__ };               \
		Suite *suite = suite_create(#name);                         \
		TCase *tcase = tcase_create(#name);                         \
		for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) \
			tcase_add_test(tcase, tests[i]);                    \
		tcase_set_timeout(tcase, 60);                               \
		suite_add_tcase(suite, tcase);                              \
		suites_add(suite);                                          \
	}
