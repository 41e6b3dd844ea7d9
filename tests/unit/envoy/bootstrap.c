/* SPDX-License-Identifier: Apache-2.0 */
/* Both ways to a control plane against tests/envoy/bootstrap-*.json, which the real Envoy validates
 * in tests/envoy/validate.py. UPDATE_GOLDEN=1 writes those files anew. */
#include "envoy/bootstrap.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "envoy/encode.h"
#include "tests/unit/suite.h"
#include "json/read.h"

static void compare(const struct bootstrap_options *options, const char *path)
{
	CLEANUP(json_decref) json_t *described = bootstrap_describe(options);
	CLEANUP(json_decref) json_t *golden = NULL;
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct error err;

	if (getenv("UPDATE_GOLDEN"))
		json_dump_file(described, path, JSON_INDENT(2));
	golden = json_load_file(path, 0, NULL);
	ck_assert_msg(json_equal(described, golden), "UPDATE_GOLDEN=1 shows the difference");
	ck_assert_msg(encode("envoy.config.bootstrap.v3.Bootstrap", described, &bytes, &err) == 0,
		      "%s", err.text);
}

START_TEST(describe_socket_as_golden)
{
	compare(&(struct bootstrap_options){ .node = "kubelb",
					     .admin_socket = "admin.sock",
					     .xds_socket = "xds.sock",
					     .max_connections = 50000 },
		TEST_DATA "/envoy/bootstrap-socket.json");
}
END_TEST

START_TEST(describe_address_as_golden)
{
	compare(&(struct bootstrap_options){ .node = "tenant-x",
					     .xds_host = "::1",
					     .xds_port = 18000,
					     .pki_folder = "pki" },
		TEST_DATA "/envoy/bootstrap-address.json");
}
END_TEST

START_TEST(describe_name_looked_up)
{
	CLEANUP(json_decref)
	json_t *json = bootstrap_describe(&(struct bootstrap_options){
		.node = "n", .xds_host = "xds.example", .pki_folder = "." });
	json_t *clusters = json_at(json, "static_resources", "clusters", NULL);

	ck_assert_str_eq(json_text(json_array_get(clusters, 0), "type"), "STRICT_DNS");
}
END_TEST

START_TEST(write_address_three_files)
{
	char folder[] = "/tmp/kubelb-bootstrap-XXXXXX";
	char path[128];
	static const char *const names[] = { "bootstrap.json", "xds-ca.json",
					     "xds-certificate.json" };
	struct error err;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(bootstrap_write(&(struct bootstrap_options){ .node = "n",
								      .xds_host = "127.0.0.1",
								      .xds_port = 1,
								      .pki_folder = folder },
					 folder, &err),
			 0);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		CLEANUP(json_decref) json_t *json = json_load_file(path, 0, NULL);
		ck_assert_msg(json, "%s", path);
		ck_assert(i > 0 || json_has(json, "overload_manager"));
		unlink(path);
	}
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(write_missing_folder_refused)
{
	struct error err;

	ck_assert_int_lt(
		bootstrap_write(&(struct bootstrap_options){ .node = "n", .xds_socket = "x" },
				"/nonexistent/folder", &err),
		0);
}
END_TEST

SUITE(envoy_bootstrap, describe_socket_as_golden, describe_address_as_golden,
      describe_name_looked_up, write_address_three_files, write_missing_folder_refused)
