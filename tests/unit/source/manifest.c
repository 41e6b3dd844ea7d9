/* SPDX-License-Identifier: Apache-2.0 */
#include "source/manifest.h"

#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "tests/unit/suite.h"

/* One line for each object: `<line>/<document> <prefix><text>`. */
static void expect(const char *text, const char *wanted)
{
	CLEANUP(manifest_done) struct manifest manifest = { 0 };
	CLEANUP(buf_done) struct buf got = { 0 };
	struct error err;
	unsigned line;

	ck_assert_msg(manifest_parse(text, strlen(text), &manifest, &line, &err) == 0, "%s",
		      err.text);
	for (size_t i = 0; i < manifest.count; i++)
		buf_printf(&got, "%u/%u %s%s\n", manifest.documents[i].line,
			   manifest.documents[i].document, manifest.documents[i].prefix,
			   manifest.documents[i].text);
	ck_assert_str_eq(buf_text(&got), wanted);
}

START_TEST(parse_several_documents_empty_ones_skipped)
{
	expect("a: 1\n---\n# nothing\n---\n---\nb: 2\n", "1/0 {\"a\":1}\n6/3 {\"b\":2}\n");
	expect("", "");
	expect("# nothing\n", "");
}
END_TEST

START_TEST(parse_list_items_with_their_lines)
{
	expect("apiVersion: v1\nkind: List\nitems:\n- a: 1\n- b: 2\n",
	       "4/0 items[0].{\"a\":1}\n5/0 items[1].{\"b\":2}\n");
	expect("kind: List\n", "");
	expect("kind: List\nitems: null\n", "");
}
END_TEST

START_TEST(parse_nested_list_unrolled)
{
	expect("kind: List\nitems:\n- kind: List\n  items:\n  - a: 1\n",
	       "5/0 items[0].items[0].{\"a\":1}\n");
}
END_TEST

START_TEST(parse_typed_list_items_completed)
{
	expect("apiVersion: v1\nkind: ServiceList\nitems:\n- spec: {}\n",
	       "4/0 items[0].{\"spec\":{},\"kind\":\"Service\",\"apiVersion\":\"v1\"}\n");
}
END_TEST

START_TEST(parse_list_without_items_kept_as_it_is)
{
	expect("kind: List\nitems: 7\n", "1/0 {\"kind\":\"List\",\"items\":7}\n");
	expect("kind: AllowList\nspec: {}\n", "1/0 {\"kind\":\"AllowList\",\"spec\":{}}\n");
}
END_TEST

START_TEST(parse_bad_yaml_line_told)
{
	CLEANUP(manifest_done) struct manifest manifest = { 0 };
	const char *text = "a: 1\nb: [\n";
	struct error err;
	unsigned line;

	ck_assert_int_lt(manifest_parse(text, strlen(text), &manifest, &line, &err), 0);
	ck_assert_uint_ge(line, 2);
}
END_TEST

START_TEST(read_missing_file_named_by_caller)
{
	CLEANUP(manifest_done) struct manifest manifest = { 0 };
	struct error err;
	unsigned line = 7;

	ck_assert_int_eq(manifest_read("/nowhere/a.yaml", &manifest, &line, &err),
			 -(int)ERROR_NOT_FOUND);
	ck_assert_uint_eq(line, 0);
	ck_assert(!str_has_prefix(err.text, "/nowhere"));
}
END_TEST

SUITE(source_manifest, parse_several_documents_empty_ones_skipped,
      parse_list_items_with_their_lines, parse_nested_list_unrolled,
      parse_typed_list_items_completed, parse_list_without_items_kept_as_it_is,
      parse_bad_yaml_line_told, read_missing_file_named_by_caller)
