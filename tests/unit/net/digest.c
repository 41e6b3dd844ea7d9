/* SPDX-License-Identifier: Apache-2.0 */
#include "net/digest.h"

#include <string.h>

#include "tests/unit/suite.h"

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

SUITE(net_digest, hex_known_input_known_digest, parts_divided_otherwise_digest_differs)
