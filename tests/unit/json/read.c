/* SPDX-License-Identifier: Apache-2.0 */
#include "json/read.h"

#include "tests/unit/suite.h"

static void check_lossy(const char *text, const char *expected)
{
	CLEANUP(json_decref) json_t *string = json_lossy(text);

	ck_assert_ptr_nonnull(string);
	ck_assert_str_eq(json_string_value(string), expected);
}

START_TEST(lossy_valid_unchanged)
{
	check_lossy(NULL, "");
	check_lossy("", "");
	check_lossy("a\n\x1b", "a\n\x1b");
	check_lossy("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
}
END_TEST

START_TEST(lossy_invalid_replaced)
{
	check_lossy("a\xff"
		    "b",
		    "a\xef\xbf\xbd"
		    "b");
	check_lossy("\xc3", "\xef\xbf\xbd");
	check_lossy("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd");
	check_lossy("\xc3\xa4\xc3"
		    "a",
		    "\xc3\xa4\xef\xbf\xbd"
		    "a");
	/* Overlong, a surrogate, beyond Unicode. */
	check_lossy("\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd");
	check_lossy("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check_lossy("\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}
END_TEST

SUITE(json_read, lossy_valid_unchanged, lossy_invalid_replaced)
