/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/domains.h"

#include "tests/unit/suite.h"

static bool allows(const char *pattern, const char *host, enum wildcard_reach reach)
{
	const struct string_list patterns = { &pattern, 1 };

	return domains_allow(&patterns, host, reach);
}

START_TEST(allow_pattern_forms_as_documented)
{
	static const struct {
		const char *pattern, *host;
		bool allowed;
	} cases[] = {
		{ "example.com", "example.com", true },
		{ "example.com", "EXAMPLE.com.", true },
		{ "Example.com", "example.com", true },
		{ "example.com", "a.example.com", false },
		{ "example.com", "badexample.com", false },
		{ "*.example.com", "example.com", true },
		{ "*.example.com", "test.example.com", true },
		{ "*.example.com", "a.b.example.com", false },
		{ "*.example.com", "badexample.com", false },
		{ "**.example.com", "example.com", true },
		{ "**.example.com", "a.b.c.example.com", true },
		{ "**.example.com", "example.org", false },
		{ "**", "a.b.example.com", true },
		{ "*", "a.b.example.com", true },
		{ "**", "", true },
		{ "*", "*", true },
		{ "**.example.com", "", false },
		{ "**.example.com", "*", false },
		{ "**", "*.com", true },
		{ "**.example.com", "*.com", false },
		{ "**.example.com", "*.example.com", true },
		{ "**.example.com", "*.a.example.com", true },
		{ "*.example.com", "*.example.com", false },
		{ "example.com", "*.example.com", false },
		{ "**.example.com", "xn--a.example.com", false },
		{ "xn--a.example.com", "xn--a.example.com", true },
		{ "*.xn--a.com", "b.xn--a.com", true },
		{ "**", "xn--a.example.com", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_msg(allows(cases[i].pattern, cases[i].host, REACH_ANY_DEPTH) ==
				      cases[i].allowed,
			      "%s for %s", cases[i].host, cases[i].pattern);
}
END_TEST

START_TEST(allow_ingress_wildcard_one_label_enough)
{
	ck_assert(allows("*.example.com", "*.example.com", REACH_ONE_LABEL));
	ck_assert(!allows("*.example.com", "*.a.example.com", REACH_ONE_LABEL));
	ck_assert(!allows("example.com", "*.example.com", REACH_ONE_LABEL));
	ck_assert(allows("**.example.com", "*.a.example.com", REACH_ONE_LABEL));
}
END_TEST

START_TEST(allow_several_patterns_any_is_enough)
{
	const char *items[] = { "a.example", "*.b.example" };
	const struct string_list patterns = { items, 2 }, none = { 0 };

	ck_assert(domains_allow(&patterns, "x.b.example", REACH_ANY_DEPTH));
	ck_assert(domains_allow(&patterns, "a.example", REACH_ANY_DEPTH));
	ck_assert(!domains_allow(&patterns, "c.example", REACH_ANY_DEPTH));
	ck_assert(domains_allow(&none, "c.example", REACH_ANY_DEPTH));
	ck_assert(domains_allow(&none, NULL, REACH_ANY_DEPTH));
}
END_TEST

START_TEST(pattern_malformed_not_valid)
{
	static const char *const good[] = { "*", "**", "a.b", "*.a.b", "**.a.b", "A.b." };
	static const char *const bad[] = {
		"", "a.*.b", "*a.b", "***.a", "a..b", "*.", ".a", "a b"
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(domain_pattern_valid(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!domain_pattern_valid(bad[i]), "%s", bad[i]);
}
END_TEST

SUITE(policy_domains, allow_pattern_forms_as_documented, allow_ingress_wildcard_one_label_enough,
      allow_several_patterns_any_is_enough, pattern_malformed_not_valid)
