/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "tests/unit/source/place.h"
#include "tests/unit/suite.h"

/* A volume as the kubelet lays it out. */
static void write_volume(const struct place *place, const char *folder)
{
	CLEANUP(buf_done) struct buf name = { 0 };

	buf_printf(&name, "%s/..2026_01_01/a.yaml", folder);
	place_write(place, name.data, "a: 1");
	buf_clear(&name);
	buf_printf(&name, "%s/..data", folder);
	place_link(place, "..2026_01_01", name.data);
	buf_clear(&name);
	buf_printf(&name, "%s/a.yaml", folder);
	place_link(place, "..data/a.yaml", name.data);
}

START_TEST(data_link_swapped_new_content_read)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	write_volume(&place, "x");
	place_open(&place, true);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n");

	place_write(&place, "x/..2026_01_02/a.yaml", "a: 2");
	place_link(&place, "..2026_01_02", "x/..data_tmp");
	place_rename(&place, "x/..data_tmp", "x/..data");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
	ck_assert_str_eq(buf_text(&place.told), "x;");
}
END_TEST

START_TEST(data_link_swapped_key_removed_object_gone)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	write_volume(&place, "x");
	place_open(&place, true);
	place_folder(&place, "x/..2026_01_02");
	place_link(&place, "..2026_01_02", "x/..data_tmp");
	place_rename(&place, "x/..data_tmp", "x/..data");
	place_remove(&place, "x/a.yaml");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "");
}
END_TEST

START_TEST(link_to_file_elsewhere_followed_and_watched)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "../shared/a.yaml", "a: 1");
	place_link(&place, "../../shared/a.yaml", "x/a.yaml");
	place_open(&place, true);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n");
	place_write(&place, "../shared/new.yaml", "a: 2");
	place_rename(&place, "../shared/new.yaml", "../shared/a.yaml");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
}
END_TEST

START_TEST(link_as_tenant_folder_swapped_new_folder_read)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "../v1/deep/a.yaml", "a: 1");
	place_write(&place, "../v2/deep/a.yaml", "a: 2");
	place_link(&place, "v1", "../current");
	place_link(&place, "../current", "x");
	place_open(&place, true);
	ck_assert_str_eq(place_text(&place, "x"), "x/deep/a.yaml: {\"a\":1}\n");
	place_link(&place, "v2", "../next");
	place_rename(&place, "../next", "../current");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/deep/a.yaml: {\"a\":2}\n");
	place_write(&place, "../v2/deep/a.yaml", "a: 3");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/deep/a.yaml: {\"a\":3}\n");
}
END_TEST

START_TEST(link_in_the_middle_of_the_way_swapped_new_content_read)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "../v1/a.yaml", "a: 1");
	place_write(&place, "../v2/a.yaml", "a: 2");
	place_link(&place, "v1", "../current");
	place_link(&place, "../../current/a.yaml", "x/a.yaml");
	place_open(&place, true);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n");
	place_link(&place, "v2", "../next");
	place_rename(&place, "../next", "../current");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":2}\n");
}
END_TEST

START_TEST(link_loops_and_dangling_links_are_errors)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_write(&place, "x/a.yaml", "a: 1");
	place_link(&place, "..", "x/up");
	place_link(&place, "self.yaml", "x/self.yaml");
	place_link(&place, "nowhere", "x/none.yaml");
	place_link(&place, "/dev/zero", "x/zero.yaml");
	place_open(&place, false);
	ck_assert_str_eq(place_text(&place, "x"),
			 "x/a.yaml: {\"a\":1}\n!x/none.yaml:\n!x/self.yaml:\n!x/up:\n"
			 "!x/zero.yaml:\n");
}
END_TEST

START_TEST(link_dangling_target_appears_healed)
{
	CLEANUP(place_done) struct place place;

	place_init(&place);
	place_folder(&place, "../shared");
	place_link(&place, "../../shared/a.yaml", "x/a.yaml");
	place_open(&place, true);
	ck_assert_str_eq(place_text(&place, "x"), "!x/a.yaml:\n");
	place_write(&place, "../shared/a.yaml", "a: 1");
	place_settle(&place);
	ck_assert_str_eq(place_text(&place, "x"), "x/a.yaml: {\"a\":1}\n");
}
END_TEST

SUITE(source_folder_links, data_link_swapped_new_content_read,
      data_link_swapped_key_removed_object_gone, link_to_file_elsewhere_followed_and_watched,
      link_as_tenant_folder_swapped_new_folder_read,
      link_in_the_middle_of_the_way_swapped_new_content_read,
      link_loops_and_dangling_links_are_errors, link_dangling_target_appears_healed)
