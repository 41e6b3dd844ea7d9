/* SPDX-License-Identifier: Apache-2.0 */
#include "source/folder.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"
#include "tests/unit/source/place.h"
#include "tests/unit/suite.h"

START_TEST(new_layout_operator_and_tenants_told_apart)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "config.yaml", "c: 1");
	place_write(&place, "b.yml", "b: 1");
	place_write(&place, "a.json", "{\"a\": 1}");
	place_write(&place, "notes.md", "- no [manifest");
	place_write(&place, ".hidden.yaml", "h: 1");
	place_write(&place, "old.yaml~", "o: 1");
	place_write(&place, "x/one.yaml", "x: 1");
	place_write(&place, "x/deep/er/two.yaml", "x: 2");
	place_write(&place, "x/.git/three.yaml", "x: 3");
	place_write(&place, "x/tls/key.pem", "no manifest");
	place_write(&place, "tenant-y/one.yaml", "z: 1");
	place_open(&place, false);
	ck_assert_str_eq(place_text(&place, NULL),
			 "a.json: {\"a\":1}\nb.yml: {\"b\":1}\nconfig.yaml: {\"c\":1}\n");
	ck_assert_str_eq(place_text(&place, "x"),
			 "x/deep/er/two.yaml: {\"x\":2}\nx/one.yaml: {\"x\":1}\n");
	ck_assert_str_eq(place_text(&place, "y"), "tenant-y/one.yaml: {\"z\":1}\n");
	ck_assert_str_eq(place_text(&place, "z"), "");
}
END_TEST

static void add_name(void *context, const char *tenant)
{
	struct buf *names = context;

	buf_printf(names, "%s;", tenant);
}

START_TEST(new_two_folders_of_one_tenant_are_one)
{
	CLEANUP(place_done) struct place place;
	CLEANUP(buf_done) struct buf names = { 0 };

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_write(&place, "tenant-x/b.yaml", "b: 1");
	place_folder(&place, "empty");
	place_open(&place, false);
	ck_assert_str_eq(place_text(&place, "x"),
			 "tenant-x/b.yaml: {\"b\":1}\nx/a.yaml: {\"a\":1}\n");
	folder_tenants(place.folder, add_name, &names);
	ck_assert_str_eq(buf_text(&names), "empty;x;");
}
END_TEST

START_TEST(new_missing_root_or_file_refused)
{
	CLEANUP(place_done) struct place place;
	struct folder *folder;
	struct error err;

	place_init(&place);
	place_write(&place, "a.yaml", "a: 1");
	ck_assert_int_eq(folder_new(NULL, place_at(&place, "none"), NULL, NULL, &folder, &err),
			 -(int)ERROR_NOT_FOUND);
	ck_assert_int_eq(folder_new(NULL, place_at(&place, "a.yaml"), NULL, NULL, &folder, &err),
			 -(int)ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "not a folder"));
}
END_TEST

START_TEST(new_unreadable_entries_are_errors_of_their_own)
{
	CLEANUP(place_done) struct place place;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	place_init(&place);
	place_write(&place, "x/bad.yaml", "a: 1\nb: [\n");
	place_write(&place, "x/closed.yaml", "a: 1");
	place_write(&place, "x/locked/a.yaml", "a: 1");
	place_write(&place, "Not_A_Tenant/a.yaml", "a: 1");
	ck_assert_int_eq(mkfifo(place_at(&place, "x/fifo.yaml"), 0600), 0);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", place_at(&place, "x/s.yaml"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	ck_assert_int_eq(chmod(place_at(&place, "x/closed.yaml"), 0), 0);
	ck_assert_int_eq(chmod(place_at(&place, "x/locked"), 0), 0);
	place_write(&place, "x/good.yaml", "a: 1");
	place_open(&place, false);
	ck_assert_str_eq(place_text(&place, "x"),
			 "!x/bad.yaml@3:\n!x/closed.yaml:\n!x/fifo.yaml:\nx/good.yaml: {\"a\":1}\n"
			 "!x/locked:\n!x/s.yaml:\n");
	ck_assert_str_eq(place_text(&place, NULL), "!Not_A_Tenant:\n");
	chmod(place_at(&place, "x/locked"), 0755);
}
END_TEST

static void expect_too_large(void *context, const struct folder_file *file)
{
	(void)context;
	ck_assert_msg(file->error && strstr(file->error, "larger than"), "%s", file->error);
}

START_TEST(new_file_over_ceiling_is_an_error)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/big.yaml", "a: 1\n");
	ck_assert_int_eq(truncate(place_at(&place, "x/big.yaml"), (16L << 20) + 1), 0);
	place_open(&place, false);
	folder_visit(place.folder, "x", expect_too_large, NULL);
	ck_assert_str_eq(place_text(&place, "x"), "!x/big.yaml:\n");
}
END_TEST

START_TEST(new_folders_too_deep_are_an_error)
{
	CLEANUP(place_done) struct place place;
	CLEANUP(buf_done) struct buf path = { 0 };

	place_init(&place);
	buf_puts(&path, "x");
	for (int i = 0; i < 40; i++)
		buf_puts(&path, "/d");
	place_folder(&place, path.data);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, false);
	ck_assert_ptr_nonnull(strstr(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n"));
	ck_assert_ptr_nonnull(strstr(place_text(&place, "x"), "!x/d/d/"));
}
END_TEST

START_TEST(new_no_descriptor_for_the_watch_refused)
{
	CLEANUP(place_done) struct place place;
	int next;
	struct rlimit files;
	struct error err;

	place_init(&place);
	next = dup(STDIN_FILENO);
	ck_assert_int_ge(next, 0);
	close(next);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = (rlim_t)next;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
	ck_assert_int_lt(folder_new(place.base, place.path, NULL, NULL, &place.folder, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.text, "inotify"));
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}
END_TEST

SUITE(source_folder, new_layout_operator_and_tenants_told_apart,
      new_two_folders_of_one_tenant_are_one, new_missing_root_or_file_refused,
      new_unreadable_entries_are_errors_of_their_own, new_file_over_ceiling_is_an_error,
      new_folders_too_deep_are_an_error, new_no_descriptor_for_the_watch_refused)
