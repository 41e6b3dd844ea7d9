/* SPDX-License-Identifier: Apache-2.0 */
#include "json/canonical.h"

#include <string.h>

#include "base/memory.h"
#include "tests/unit/json/cases.h"
#include "tests/unit/suite.h"
#include "json/read.h"

/* <case>.txt, and <case>.out with the canonical text or the message. */
static void parse_case(const char *path)
{
	CLEANUP(buf_free) struct buf *text = case_read(path, ".txt");
	CLEANUP(free) char *expected = case_line(path, ".out");
	CLEANUP(json_decref) json_t *tree = NULL;
	CLEANUP(buf_done) struct buf actual = { 0 };
	struct error err;

	if (json_parse(buf_text(text), text->len, &tree, &err) < 0)
		buf_puts(&actual, err.text);
	else
		json_canonical(tree, &actual);
	ck_assert_msg(strcmp(buf_text(&actual), expected) == 0, "%s\nis       %s\nexpected %s",
		      path, buf_text(&actual), expected);
}

START_TEST(parse_each_case_as_expected)
{
	cases_run("json/parse", ".txt", parse_case);
}
END_TEST

static int parse_repeated(const char *head, const char *body, size_t times, struct error *err)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	json_t *tree;
	int r;

	buf_puts(&text, head);
	while (times--)
		buf_puts(&text, body);
	r = json_parse(buf_text(&text), text.len, &tree, err);
	if (r == 0)
		json_decref(tree);
	return r;
}

START_TEST(parse_over_ceiling_refused)
{
	struct error err;

	ck_assert_int_eq(parse_repeated("", "[", 1000000, &err), -(int)ERROR_TOO_LARGE);
	ck_assert_str_eq(err.text,
			 "line 1, column 65: nested too deep; at most 64 levels are read");
	ck_assert_int_eq(parse_repeated("[", "0,\n", JSON_NODES_MAX, &err), -(int)ERROR_TOO_LARGE);
	ck_assert_str_eq(err.text,
			 "line 1000000, column 1: too many values; at most 1000000 are read");
	ck_assert_int_eq(parse_repeated("", "[", 64, &err), -(int)ERROR_INVALID);
	ck_assert_int_eq(parse_repeated("\"\\\"", "[", 1000, &err), -(int)ERROR_INVALID);
}
END_TEST

START_TEST(parse_nul_refused)
{
	struct error err;
	json_t *tree;

	ck_assert_int_lt(json_parse("[1]\0", 4, &tree, &err), 0);
	ck_assert_int_lt(json_parse("\"a\0b\"", 5, &tree, &err), 0);
	ck_assert_int_lt(json_parse("", 0, &tree, &err), 0);
}
END_TEST

START_TEST(canonical_over_max_refused_and_unchanged)
{
	CLEANUP(json_decref) json_t *tree = json_pack("{s:i, s:i}", "b", 1, "a", 2);
	CLEANUP(buf_free) struct buf *buf = buf_new(15);

	buf_puts(buf, "x");
	ck_assert(json_canonical(tree, buf));
	ck_assert_str_eq(buf_text(buf), "x{\"a\":2,\"b\":1}");
	ck_assert(!json_canonical(tree, buf));
	ck_assert_uint_eq(buf->len, 14);
	ck_assert_str_eq(buf_text(buf), "x{\"a\":2,\"b\":1}");
}
END_TEST

SUITE(json_canonical, parse_each_case_as_expected, parse_over_ceiling_refused, parse_nul_refused,
      canonical_over_max_refused_and_unchanged)
