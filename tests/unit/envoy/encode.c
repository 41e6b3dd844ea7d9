/* SPDX-License-Identifier: Apache-2.0 */
/* Every refused/<case>.json of tests/envoy against the text beside it, and bytes by hand. What the
 * official classes read is compared by tests/envoy/roundtrip.py. */
#include "envoy/encode.h"

#include <glob.h>
#include <string.h>

#include "base/file.h"
#include "tests/unit/suite.h"
#include "json/read.h"

static int encode_text(const char *type, const char *text, struct buf *out, struct error *err)
{
	CLEANUP(json_decref) json_t *json = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(json);
	return encode(type, json, out, err);
}

static void replay(const char *path)
{
	CLEANUP(json_decref) json_t *json = json_load_file(path, 0, NULL);
	CLEANUP(buf_free) struct buf *expected = NULL;
	CLEANUP(buf_done) struct buf out = { 0 };
	char text[512], type[128];
	struct error err;

	ck_assert_ptr_nonnull(json);
	snprintf(text, sizeof(text), "%.*s.txt", (int)(strlen(path) - strlen(".json")), path);
	ck_assert_int_eq(file_read(text, 4096, &expected, &err), 0);
	snprintf(type, sizeof(type), "%s", strchr(json_text(json, "@type"), '/') + 1);
	json_object_del(json, "@type");
	buf_puts(&out, "kept");
	ck_assert_msg(encode(type, json, &out, &err) < 0, "%s is accepted", path);
	ck_assert_str_eq(strtok(expected->data, "\n"), err.text);
	ck_assert_str_eq(buf_text(&out), "kept");
}

START_TEST(encode_faulty_refused_with_path)
{
	glob_t found;

	ck_assert_int_eq(glob(TEST_DATA "/envoy/refused/*.json", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		replay(found.gl_pathv[i]);
	globfree(&found);
}
END_TEST

START_TEST(encode_members_in_any_order_same_bytes)
{
	static const char type[] = "envoy.config.cluster.v3.Cluster";
	CLEANUP(buf_done) struct buf a = { 0 };
	CLEANUP(buf_done) struct buf b = { 0 };

	ck_assert_int_eq(encode_text(type,
				     "{\"name\":\"c\",\"type\":\"EDS\",\"lb_policy\":\"MAGLEV\"}",
				     &a, NULL),
			 0);
	ck_assert_int_eq(encode_text(type,
				     "{\"lb_policy\":\"MAGLEV\",\"type\":\"EDS\",\"name\":\"c\"}",
				     &b, NULL),
			 0);
	ck_assert_uint_eq(a.len, 7);
	ck_assert_mem_eq(a.data,
			 "\x0a\x01"
			 "c"
			 "\x10\x03\x30\x05",
			 7);
	ck_assert_uint_eq(b.len, a.len);
	ck_assert_mem_eq(b.data, a.data, a.len);
}
END_TEST

START_TEST(encode_defaults_written_in_oneof_only)
{
	CLEANUP(buf_done) struct buf out = { 0 };

	/* type is of a oneof and stays, lb_policy and name are not and go. */
	ck_assert_int_eq(
		encode_text("envoy.config.cluster.v3.Cluster",
			    "{\"name\":\"\",\"type\":\"STATIC\",\"lb_policy\":\"ROUND_ROBIN\","
			    "\"connect_timeout\":null}",
			    &out, NULL),
		0);
	ck_assert_uint_eq(out.len, 2);
	ck_assert_mem_eq(out.data, "\x10\x00", 2);
}
END_TEST

START_TEST(encode_unknown_type_refused)
{
	CLEANUP(buf_done) struct buf out = { 0 };
	struct error err;

	ck_assert_int_lt(encode_text("envoy.Nothing", "{}", &out, &err), 0);
	ck_assert_str_eq(err.text, "no message is called 'envoy.Nothing'");
}
END_TEST

START_TEST(encode_into_full_buffer_refused)
{
	CLEANUP(buf_free) struct buf *out = buf_new(4);
	struct error err;

	ck_assert_int_eq(
		encode_text("envoy.config.cluster.v3.Cluster", "{\"name\":\"long\"}", out, &err),
		-ERROR_TOO_LARGE);
	ck_assert_uint_eq(out->len, 0);
}
END_TEST

SUITE(envoy_encode, encode_faulty_refused_with_path, encode_members_in_any_order_same_bytes,
      encode_defaults_written_in_oneof_only, encode_unknown_type_refused,
      encode_into_full_buffer_refused)
