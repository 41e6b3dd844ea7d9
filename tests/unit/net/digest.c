/* SPDX-License-Identifier: Apache-2.0 */
#include "net/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/unit/suite.h"

#define NAMES 100000

START_TEST(hex_known_input_known_digest)
{
	/* FIPS 180-4's own examples. */
	static const struct {
		const char *bytes, *digest;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	};
	char digest[DIGEST_HEX_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		digest_hex(cases[i].bytes, strlen(cases[i].bytes), digest);
		ck_assert_str_eq(digest, cases[i].digest);
	}
	digest_hex(NULL, 0, digest);
	ck_assert_str_eq(digest, cases[0].digest);
}
END_TEST

START_TEST(parts_divided_otherwise_digest_differs)
{
	char a[DIGEST_HEX_SIZE], b[DIGEST_HEX_SIZE];

	digest_parts(a, "a", "bc", NULL);
	digest_parts(b, "ab", "c", NULL);
	ck_assert_str_ne(a, b);
	digest_parts(b, "a", "bc", "", NULL);
	ck_assert_str_ne(a, b);
	digest_parts(b, "a", "bc", NULL);
	ck_assert_str_eq(a, b);
}
END_TEST

static int digest_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Equal neighbours among digests of names that begin alike, cut to so many digits. */
static unsigned equal_neighbours(size_t digits)
{
	char(*all)[DIGEST_HEX_SIZE] = memory_new(NAMES, sizeof(*all));
	unsigned equal = 0;

	for (unsigned i = 0; i < NAMES; i++) {
		char name[80];

		snprintf(name, sizeof(name), "%055u-%u", 0, i);
		digest_parts(all[i], "tenant-a", name, NULL);
		all[i][digits] = '\0';
	}
	qsort(all, NAMES, sizeof(*all), digest_order);
	for (unsigned i = 1; i < NAMES; i++)
		equal += strcmp(all[i - 1], all[i]) == 0;
	free(all);
	return equal;
}

/* 32 digits stand in generated names; 4 would not do, which shows that the test can see it. */
START_TEST(parts_many_names_of_one_prefix_differ)
{
	ck_assert_uint_eq(equal_neighbours(32), 0);
	ck_assert_uint_gt(equal_neighbours(4), 0);
}
END_TEST

SUITE(net_digest, parts_many_names_of_one_prefix_differ, hex_known_input_known_digest,
      parts_divided_otherwise_digest_differs)
