/* SPDX-License-Identifier: Apache-2.0 */
#include "json/pointer.h"

#include "tests/unit/suite.h"
#include "json/read.h"

START_TEST(get_examples_of_rfc_6901_found)
{
	CLEANUP(json_decref)
	json_t *root = json_pack("{s:[s,s], s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "foo",
				 "bar", "baz", "", 0, "a/b", 1, "c%d", 2, "e^f", 3, "g|h", 4,
				 "i\\j", 5, "k\"l", 6, " ", 7, "m~n", 8);
	static const char *const pointers[] = { "/",	 "/a~1b", "/c%d", "/e^f", "/g|h",
						"/i\\j", "/k\"l", "/ ",	  "/m~0n" };

	ck_assert_ptr_eq(pointer_get(root, ""), root);
	ck_assert_str_eq(json_string_value(pointer_get(root, "/foo/0")), "bar");
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(json_integer_value(pointer_get(root, pointers[i])), i);
}
END_TEST

START_TEST(get_missing_or_malformed_null)
{
	CLEANUP(json_decref) json_t *root = json_pack("{s:[i,i], s:{s:n}}", "a", 1, 2, "b", "c");
	static const char *const pointers[] = { "a",	 "/a/2",   "/a/01", "/a/-1", "/a/-",
						"/a/+1", "/a/1e0", "/a/",   "/b/d",  "/b/~",
						"/b/~2", "/b/c/d", "/a/0/0" };

	for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++)
		ck_assert_msg(!pointer_get(root, pointers[i]), "%s", pointers[i]);
}
END_TEST

START_TEST(add_key_then_get_found)
{
	static const char *const keys[] = { "", "a", "~", "/", "~1", "~01/", "a/b~c" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		CLEANUP(json_decref) json_t *root = json_pack("{s:[n,i]}", keys[i], 7);
		CLEANUP(buf_done) struct buf pointer = { 0 };

		pointer_add_key(&pointer, keys[i]);
		pointer_add_index(&pointer, 1);
		ck_assert_int_eq(json_integer_value(pointer_get(root, buf_text(&pointer))), 7);
	}
}
END_TEST

SUITE(json_pointer, get_examples_of_rfc_6901_found, get_missing_or_malformed_null,
      add_key_then_get_found)
