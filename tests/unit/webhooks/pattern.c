/* SPDX-License-Identifier: Apache-2.0 */
#include "webhooks/pattern.h"

#include <stddef.h>
#include <string.h>

#include "tests/unit/suite.h"

START_TEST(path_not_in_request_form_refused)
{
	static const char *const good[] = {
		"/", "/a", "/a/b.c", "/a/..b", "/a.", "/..a", "/a%20b"
	};
	static const char *const bad[] = { "",	      "a",    "//",    "/a//b",	 "/./a",
					   "/a/../b", "/a/.", "/a/..", "/a%2fb", "/a%2Fb" };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(!path_fault(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(path_fault(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(regex_beyond_re2_refused)
{
	static const char *const good[] = {
		"",	   "abc",	  "(a+)+$",	  "/v[0-9]+/.*", "[]a]", "[^]a]", "a{3}",
		"a{2,5}?", "(?i)a",	  "(?P<n>a)b",	  "\\d+\\.",	 "a|b",	 "x{,3}", "{",
		"a{1000}", "(a{10}){99}", "[[:alpha:]]+", "(?:a|b)*c",	 "\\(",	 "a??",
	};
	static const char *const bad[] = {
		"(",
		"a)",
		"[a",
		"*a",
		"a**",
		"(?=a)",
		"(?!a)",
		"(?<=a)",
		"(a)\\1",
		"a{1001}",
		"(.{1,1000}){1000}",
		"((a{20}){20}){20}",
		"a\\",
		"|*",
		"(*)",
	};
	char long_one[REGEX_MAX + 2];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(!regex_fault(good[i]), "%s: %s", good[i], regex_fault(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(regex_fault(bad[i]), "%s", bad[i]);
	memset(long_one, 'a', sizeof(long_one));
	long_one[REGEX_MAX + 1] = '\0';
	ck_assert(regex_fault(long_one));
	long_one[REGEX_MAX] = '\0';
	ck_assert(!regex_fault(long_one));
	memset(long_one, '(', REGEX_MAX);
	ck_assert(regex_fault(long_one));
}
END_TEST

SUITE(webhooks_pattern, path_not_in_request_form_refused, regex_beyond_re2_refused)
