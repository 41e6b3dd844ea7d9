/* SPDX-License-Identifier: Apache-2.0 */
#include "json/yaml.h"

#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "tests/unit/json/cases.h"
#include "tests/unit/suite.h"
#include "json/canonical.h"
#include "json/read.h"

/* The roots as one array, or the message. */
static char *yaml_text(const struct buf *text)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	CLEANUP(json_decref) json_t *roots = json_array();
	struct buf out = { 0 };
	struct error err;

	if (yaml_read(buf_text(text), text->len, &documents, &err) < 0)
		return memory_strdup(err.text);
	for (size_t i = 0; i < documents.count; i++)
		json_array_append(roots, documents.items[i].root);
	json_canonical(roots, &out);
	return buf_take(&out);
}

/* <case>.yaml, and <case>.json with an array of the documents or <case>.error with the message. */
static void yaml_case(const char *path)
{
	CLEANUP(buf_free) struct buf *text = case_read(path, ".yaml");
	CLEANUP(buf_free) struct buf *json = case_read(path, ".json");
	CLEANUP(json_decref) json_t *tree = NULL;
	CLEANUP(buf_done) struct buf expected = { 0 };
	CLEANUP(free) char *actual = yaml_text(text);
	struct error err;

	if (json) {
		ck_assert_msg(json_parse(buf_text(json), json->len, &tree, &err) == 0, "%s: %s",
			      path, err.text);
		json_canonical(tree, &expected);
	} else {
		CLEANUP(free) char *message = case_line(path, ".error");

		buf_puts(&expected, message);
	}
	ck_assert_msg(strcmp(actual, buf_text(&expected)) == 0, "%s\nis       %s\nexpected %s",
		      path, actual, buf_text(&expected));
}

START_TEST(read_each_case_as_expected)
{
	cases_run("json/yaml", ".yaml", yaml_case);
}
END_TEST

/* <case>.lines: "<document> <line> <path>", line 0 for a document that is not there. */
static void locate_case(const char *path)
{
	CLEANUP(buf_free) struct buf *text = case_read(path, ".yaml");
	CLEANUP(free) char *lines = case_line(path, ".lines");
	int64_t document, line;
	unsigned found;

	for (char *next = lines, *at; (at = strsep(&next, "\n"));) {
		ck_assert(str_to_number(strsep(&at, " "), 0, 100, &document));
		ck_assert(str_to_number(strsep(&at, " "), 0, 100, &line));
		found = 0;
		yaml_locate(buf_text(text), text->len, (unsigned)document, at ? at : "", &found);
		ck_assert_msg(found == line, "%s: document %d, '%s': line %u, expected %d", path,
			      (int)document, at ? at : "", found, (int)line);
	}
}

START_TEST(locate_each_case_as_expected)
{
	cases_run("json/locate", ".yaml", locate_case);
}
END_TEST

static int read_buf(const struct buf *text, struct error *err)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };

	return yaml_read(buf_text(text), text->len, &documents, err);
}

static void repeat(struct buf *buf, const char *text, size_t times)
{
	while (times--)
		buf_puts(buf, text);
}

START_TEST(read_documents_lines_and_indexes_kept)
{
	static const char text[] = "# nothing\n---\n---\n\nkind: A\n---\n# c\n---\n- b\n";
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };

	ck_assert_int_eq(yaml_read(text, strlen(text), &documents, NULL), 0);
	ck_assert_uint_eq(documents.count, 2);
	ck_assert_uint_eq(documents.items[0].line, 5);
	ck_assert_uint_eq(documents.items[0].index, 1);
	ck_assert_uint_eq(documents.items[1].line, 9);
	ck_assert_uint_eq(documents.items[1].index, 3);
}
END_TEST

START_TEST(read_over_ceiling_refused)
{
	static const struct {
		const char *head, *body;
		size_t times;
		const char *message;
	} cases[] = {
		{ "", "# comment\n", YAML_TEXT_MAX / 10 + 1, "the text has " },
		{ "", "[", 65, "line 1, column 65: nested too deep" },
		{ "a: ", "x", YAML_SCALAR_MAX + 1,
		  "line 1, column 4: a text of 2097153 bytes is too long" },
		{ "", "--- a\n", YAML_DOCUMENTS_MAX + 1,
		  "line 10001, column 1: too many documents" },
		{ "", "- ~\n", JSON_NODES_MAX, "line 1000000, column 3: too many values" },
		{ "", "%TAG !a! b\n", 100000, "line 1, column 1: 100000 %TAG directives" },
		{ "- &a \"b\"\n- ", "[*a,*a,*a,*a,*a,*a,*a,*a]\n- ", 111112,
		  "line 111112, column " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP(buf_done) struct buf text = { 0 };
		struct error err = { 0 };

		buf_puts(&text, cases[i].head);
		repeat(&text, cases[i].body, cases[i].times);
		ck_assert_int_eq(read_buf(&text, &err), -(int)ERROR_TOO_LARGE);
		ck_assert_msg(strncmp(err.text, cases[i].message, strlen(cases[i].message)) == 0,
			      "%zu: %s", i, err.text);
	}
}
END_TEST

START_TEST(read_at_ceiling_accepted)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct error err = { 0 };

	repeat(&text, "[", 64);
	repeat(&text, "]", 64);
	ck_assert_msg(read_buf(&text, &err) == 0, "%s", err.text);
	buf_clear(&text);
	repeat(&text, "--- a\n", YAML_DOCUMENTS_MAX);
	ck_assert_msg(read_buf(&text, &err) == 0, "%s", err.text);
}
END_TEST

START_TEST(read_alias_copies_not_shared)
{
	static const char text[] = "a: &x {b: {c: 1}}\nf: *x\ng: {<<: *x}\n";
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	json_t *root;

	ck_assert_int_eq(yaml_read(text, strlen(text), &documents, NULL), 0);
	root = documents.items[0].root;
	ck_assert_uint_eq(json_at(root, "a", "b", NULL)->refcount, 1);
	json_object_set_new(json_at(root, "f", "b", NULL), "c", json_integer(2));
	json_object_set_new(json_at(root, "g", "b", NULL), "c", json_integer(3));
	ck_assert_int_eq(json_integer_value(json_at(root, "a", "b", "c", NULL)), 1);
	ck_assert_int_eq(json_integer_value(json_at(root, "f", "b", "c", NULL)), 2);
}
END_TEST

START_TEST(read_long_texts_through_aliases_refused_fast)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct error err = { 0 };

	buf_puts(&text, "- &a ");
	repeat(&text, "x", 1 << 20);
	buf_puts(&text, "\n- &b [*a,*a,*a,*a,*a,*a,*a,*a]\n- [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n");
	ck_assert_int_eq(read_buf(&text, &err), -(int)ERROR_TOO_LARGE);
	ck_assert_msg(strstr(err.text, "line 3, column 22: too much text") == err.text, "%s",
		      err.text);
}
END_TEST

START_TEST(read_each_cut_of_a_text_one_message)
{
	static const char text[] =
		"a: &x [1, \"\\u00e4\", {b: 'c'}]\n? d\n: |+\n  e\n---\n<<: *x\n";

	for (size_t length = 0; length < sizeof(text); length++) {
		CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
		struct error err = { 0 };

		if (yaml_read(text, length, &documents, &err) < 0)
			ck_assert_msg(strncmp(err.text, "line ", 5) == 0, "%zu: %s", length,
				      err.text);
	}
}
END_TEST

SUITE(json_yaml, read_each_case_as_expected, locate_each_case_as_expected,
      read_documents_lines_and_indexes_kept, read_over_ceiling_refused, read_at_ceiling_accepted,
      read_alias_copies_not_shared, read_long_texts_through_aliases_refused_fast,
      read_each_cut_of_a_text_one_message)
