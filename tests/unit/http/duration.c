/* SPDX-License-Identifier: Apache-2.0 */
#include "http/duration.h"

#include "tests/unit/suite.h"

static void check_duration(const char *text, uint64_t expected_ns)
{
	uint64_t ns = 0;

	ck_assert_msg(duration_parse(text, &ns), "'%s' is a duration", text);
	ck_assert_uint_eq(ns, expected_ns);
}

START_TEST(duration_of_each_unit_read)
{
	check_duration("10s", 10000000000u);
	check_duration("500ms", 500000000u);
	check_duration("1m30s", 90000000000u);
	check_duration("1.5h", 5400000000000u);
	check_duration("2us", 2000u);
	check_duration("2\xc2\xb5s", 2000u);
	check_duration("7ns", 7u);
	check_duration(".5s", 500000000u);
	check_duration("1.s", 1000000000u);
}
END_TEST

START_TEST(duration_beyond_a_day_is_a_day)
{
	check_duration("999999999999h", 86400000000000u);
	check_duration("24h1s", 86400000000000u);
}
END_TEST

START_TEST(duration_malformed_refused)
{
	static const char *const texts[] = {
		"",	 "10",	  "s",	 "-1s",	 "+1s",
		"1 s",	 "1d",	  "1s ", " 1s",	 "0s",
		"0.1ns", "1..5s", ".s",	 "1e3s", "9999999999999999999s"
	};
	uint64_t ns = 7;

	ck_assert(!duration_parse(NULL, &ns));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(!duration_parse(texts[i], &ns), "'%s' is none", texts[i]);
	ck_assert_uint_eq(ns, 7);
}
END_TEST

SUITE(http_duration, duration_of_each_unit_read, duration_beyond_a_day_is_a_day,
      duration_malformed_refused)
