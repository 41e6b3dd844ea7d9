/* SPDX-License-Identifier: Apache-2.0 */
#include "json/patch.h"

#include "json/patch_diff.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/json/cases.h"
#include "tests/unit/suite.h"
#include "json/canonical.h"
#include "json/read.h"

static json_t *case_json(const char *path)
{
	CLEANUP(buf_free) struct buf *text = case_read(path, ".json");
	struct error err = { 0 };
	json_t *tree = NULL;

	ck_assert_msg(json_parse(buf_text(text), text->len, &tree, &err) == 0, "%s: %s", path,
		      err.text);
	return tree;
}

static void expect_equal(const char *path, const json_t *actual, const json_t *expected)
{
	CLEANUP(buf_done) struct buf is = { 0 };
	CLEANUP(buf_done) struct buf wanted = { 0 };

	json_canonical(actual, &is);
	json_canonical(expected, &wanted);
	ck_assert_msg(json_equal(actual, expected), "%s\nis       %s\nexpected %s", path,
		      buf_text(&is), buf_text(&wanted));
}

/* {"target", "patch", and "result" or "error"} */
static void apply_case(const char *path)
{
	CLEANUP(json_decref) json_t *tree = case_json(path);
	CLEANUP(json_decref) json_t *before = json_deep_copy(tree);
	CLEANUP(json_decref) json_t *result = NULL;
	const char *message = json_text(tree, "error");
	struct error err;
	int r;

	r = json_patch_apply(json_object_get(tree, "target"), json_object_get(tree, "patch"),
			     &result, &err);
	expect_equal(path, tree, before);
	if (message) {
		ck_assert_msg(r < 0, "%s: no error", path);
		ck_assert_msg(strcmp(err.text, message) == 0, "%s\nis       %s\nexpected %s", path,
			      err.text, message);
		return;
	}
	ck_assert_msg(r == 0, "%s: %s", path, err.text);
	expect_equal(path, result, json_object_get(tree, "result"));
}

START_TEST(apply_each_case_as_expected)
{
	cases_run("json/patch", ".json", apply_case);
}
END_TEST

static json_t *patch_of(const json_t *from, const json_t *to)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	size_t operations = json_patch_diff(from, to, &text);
	json_t *patch = NULL;
	struct error err;

	ck_assert_msg(json_parse(buf_text(&text), text.len, &patch, &err) == 0, "%s: %s", err.text,
		      buf_text(&text));
	ck_assert_uint_eq(json_array_size(patch), operations);
	return patch;
}

/* {"from", "to", "patch"} */
static void diff_case(const char *path)
{
	CLEANUP(json_decref) json_t *tree = case_json(path);
	CLEANUP(json_decref)
	json_t *patch = patch_of(json_object_get(tree, "from"), json_object_get(tree, "to"));

	expect_equal(path, patch, json_object_get(tree, "patch"));
}

START_TEST(diff_each_case_as_expected)
{
	cases_run("json/diff", ".json", diff_case);
}
END_TEST

static uint32_t random_below(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % below;
}

static json_t *random_tree(uint64_t *seed, unsigned depth)
{
	static const char *const keys[] = { "a", "b", "c/d", "~e", "" };
	uint32_t kind = random_below(seed, depth ? 7 : 4);
	json_t *value = kind < 6 ? json_array() : json_object();
	uint32_t count = random_below(seed, 5);

	if (kind < 4) {
		json_decref(value);
		return kind == 0   ? json_null()
		       : kind == 1 ? json_boolean(count & 1)
		       : kind == 2 ? json_integer(count)
				   : json_string(keys[count]);
	}
	while (count--) {
		if (json_is_array(value))
			json_array_append_new(value, random_tree(seed, depth - 1));
		else
			json_object_set_new(value, keys[random_below(seed, 5)],
					    random_tree(seed, depth - 1));
	}
	return value;
}

START_TEST(diff_applied_to_from_gives_to)
{
	uint64_t seed = 1;
	char name[32];

	for (int i = 0; i < 20000; i++) {
		CLEANUP(json_decref) json_t *from = random_tree(&seed, 4);
		CLEANUP(json_decref) json_t *to = random_tree(&seed, 4);
		CLEANUP(json_decref) json_t *patch = patch_of(from, to);
		CLEANUP(json_decref) json_t *same = patch_of(to, to);
		CLEANUP(json_decref) json_t *result = NULL;
		struct error err = { 0 };

		snprintf(name, sizeof(name), "pair %d", i);
		ck_assert_msg(json_patch_apply(from, patch, &result, &err) == 0, "%s: %s", name,
			      err.text);
		expect_equal(name, result, to);
		ck_assert_uint_eq(json_array_size(same), 0);
	}
}
END_TEST

START_TEST(apply_growing_copies_refused)
{
	CLEANUP(json_decref) json_t *target = json_pack("{s:[i]}", "a", 1);
	CLEANUP(json_decref) json_t *patch = json_array();
	json_t *result;
	struct error err;

	for (int i = 0; i < 64; i++)
		json_array_append_new(patch, json_pack("{s:s, s:s, s:s}", "op", "copy", "from", "",
						       "path", "/a/-"));
	ck_assert_int_eq(json_patch_apply(target, patch, &result, &err), -(int)ERROR_TOO_LARGE);
}
END_TEST

START_TEST(apply_nesting_beyond_depth_refused)
{
	CLEANUP(json_decref) json_t *target = json_object();
	CLEANUP(json_decref) json_t *patch = json_array();
	CLEANUP(json_decref) json_t *result = NULL;
	CLEANUP(buf_done) struct buf path = { 0 };
	struct error err = { 0 };

	for (unsigned depth = 2; depth <= JSON_DEPTH_MAX; depth++) {
		buf_puts(&path, "/a");
		json_array_append_new(patch, json_pack("{s:s, s:s, s:{}}", "op", "add", "path",
						       buf_text(&path), "value"));
	}
	ck_assert_msg(json_patch_apply(target, patch, &result, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(json_measure(result).depth, JSON_DEPTH_MAX);
	buf_puts(&path, "/a");
	json_array_append_new(patch, json_pack("{s:s, s:s, s:{}}", "op", "add", "path",
					       buf_text(&path), "value"));
	ck_assert_int_eq(json_patch_apply(target, patch, NULL, &err), -(int)ERROR_TOO_LARGE);
}
END_TEST

SUITE(json_patch, apply_each_case_as_expected, diff_each_case_as_expected,
      diff_applied_to_from_gives_to, apply_growing_copies_refused,
      apply_nesting_beyond_depth_refused)
