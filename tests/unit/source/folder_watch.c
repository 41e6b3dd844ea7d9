/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/source/place.h"
#include "tests/unit/suite.h"

START_TEST(edit_closed_read_and_its_tenant_told)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_write(&place, "y/a.yaml", "a: 1");
	place_open(&place, true);
	place_write(&place, "x/a.yaml", "a: 2");
	place_settle(&place);
	ck_assert_str_eq(buf_text(&place.told), "x;");
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
}
END_TEST

START_TEST(edits_within_100_ms_one_change_operator_first)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_open(&place, true);
	place_write(&place, "x/a.yaml", "a: 1");
	place_write(&place, "x/deep/b.yaml", "b: 1");
	place_run(&place, 30);
	ck_assert_uint_eq(place.settled, 0);
	place_write(&place, "c.yaml", "c: 1");
	place_settle(&place);
	ck_assert_str_eq(buf_text(&place.told), "operator;x;");
	ck_assert_str_eq(place_text(&place, "x"),
			 "x/a.yaml: {\"a\":1}\nx/deep/b.yaml: {\"b\":1}\n");
	place_run(&place, 300);
	ck_assert_uint_eq(place.settled, 1);
}
END_TEST

START_TEST(file_not_yet_closed_not_read)
{
	CLEANUP(place_done) struct place place;
	int fd;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, true);
	fd = open(place_at(&place, "x/new.yaml"), O_CREAT | O_WRONLY, 0644);
	ck_assert_int_eq(write(fd, "m: 1", 4), 4);
	place_write(&place, "x/a.yaml", "a: 2");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
	ck_assert_int_eq(write(fd, "2\n", 2), 2);
	close(fd);
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\nx/new.yaml: {\"m\":12}\n");
}
END_TEST

START_TEST(same_content_written_nothing_told)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, true);
	place_write(&place, "x/a.yaml", "a: 1");
	place_write(&place, "x/.a.yaml.swp", "b: 1");
	place_write(&place, "x/notes.txt", "b: 1");
	place_run(&place, 250);
	ck_assert_uint_eq(place.settled, 0);
}
END_TEST

START_TEST(unreadable_edit_keeps_last_good_documents)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, true);
	place_write(&place, "x/a.yaml", "a: [\n");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "!x/a.yaml@2: {\"a\":1}\n");
	place_write(&place, "x/a.yaml", "a: 1");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n");
}
END_TEST

START_TEST(permission_taken_and_given_back_healed)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_write(&place, "x/sub/b.yaml", "b: 1");
	ck_assert_int_eq(chmod(place_at(&place, "x/a.yaml"), 0), 0);
	ck_assert_int_eq(chmod(place_at(&place, "x/sub"), 0), 0);
	place_open(&place, true);
	ck_assert_str_eq(place_text(&place, "x"), "!x/a.yaml:\n!x/sub:\n");
	ck_assert_int_eq(chmod(place_at(&place, "x/a.yaml"), 0644), 0);
	ck_assert_int_eq(chmod(place_at(&place, "x/sub"), 0755), 0);
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\nx/sub/b.yaml: {\"b\":1}\n");
}
END_TEST

START_TEST(file_emptied_believed_after_a_second)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, true);
	place_write(&place, "x/a.yaml", "");
	place_run(&place, 500);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml:\n");
}
END_TEST

START_TEST(file_emptied_then_written_never_empty)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, true);
	place_write(&place, "x/a.yaml", "# soon\n");
	place_run(&place, 200);
	ck_assert_uint_eq(place.settled, 0);
	place_write(&place, "x/a.yaml", "a: 2");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
	place_run(&place, 1100);
	ck_assert_uint_eq(place.settled, 1);
}
END_TEST

START_TEST(files_moved_and_deleted_followed)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_write(&place, "x/b.yaml", "b: 1");
	place_write(&place, "x/sub/c.yaml", "c: 1");
	place_open(&place, true);
	place_rename(&place, "x/a.yaml", "x/sub/a.yaml");
	place_rename(&place, "x/sub", "y");
	place_remove(&place, "x/b.yaml");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "");
	ck_assert_str_eq(place_text(&place, "y"), "y/a.yaml: {\"a\":1}\ny/c.yaml: {\"c\":1}\n");
	place_write(&place, "y/c.yaml", "c: 2");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "y"), "y/a.yaml: {\"a\":1}\ny/c.yaml: {\"c\":2}\n");
	place_remove(&place, "y");
	place_settle(&place);
	ck_assert_str_eq(buf_text(&place.told), "y;");
	ck_assert_str_eq(place_text(&place, "y"), "");
}
END_TEST

START_TEST(root_gone_last_state_kept_and_back_healed)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, true);
	place_remove(&place, "");
	place_run(&place, 300);
	ck_assert_uint_eq(place.settled, 0);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n");
	place_write(&place, "x/a.yaml", "a: 2");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
	place_write(&place, "x/a.yaml", "a: 3");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":3}\n");
}
END_TEST

START_TEST(root_and_its_parent_gone_looked_for_until_back)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, true);
	place_remove_parent(&place);
	place_run(&place, 300);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n");
	place_write(&place, "x/a.yaml", "a: 2");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
}
END_TEST

START_TEST(more_changes_than_the_kernel_queues_all_read)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_write(&place, "x/sub/b.yaml", "b: 1");
	place_open(&place, true);
	/* Equal notices in a row would be one. */
	for (int i = 0; i < 20000; i++)
		close(open(place_at(&place, i % 2 ? "x/a.yaml" : "x/sub/b.yaml"), O_WRONLY));
	place_write(&place, "y/c.yaml", "c: 1");
	place_write(&place, "x/sub/b.yaml", "b: 2");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\nx/sub/b.yaml: {\"b\":2}\n");
	ck_assert_str_eq(place_text(&place, "y"), "y/c.yaml: {\"c\":1}\n");
}
END_TEST

START_TEST(file_becomes_folder_and_back)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_open(&place, true);
	place_remove(&place, "x/a.yaml");
	place_write(&place, "x/a.yaml/b.yaml", "b: 1");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml/b.yaml: {\"b\":1}\n");
	place_remove(&place, "x/a.yaml");
	place_write(&place, "x/a.yaml", "a: 2");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
}
END_TEST

SUITE(source_folder_watch, edit_closed_read_and_its_tenant_told,
      edits_within_100_ms_one_change_operator_first, file_not_yet_closed_not_read,
      same_content_written_nothing_told, unreadable_edit_keeps_last_good_documents,
      permission_taken_and_given_back_healed, file_emptied_believed_after_a_second,
      file_emptied_then_written_never_empty, files_moved_and_deleted_followed,
      root_gone_last_state_kept_and_back_healed, more_changes_than_the_kernel_queues_all_read,
      root_and_its_parent_gone_looked_for_until_back, file_becomes_folder_and_back)
