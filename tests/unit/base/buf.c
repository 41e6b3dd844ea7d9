/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "tests/unit/suite.h"

START_TEST(add_over_max_refused_and_unchanged)
{
	CLEANUP(buf_free) struct buf *buf = buf_new(4);

	ck_assert(buf_puts(buf, "abc"));
	ck_assert(!buf_puts(buf, "de"));
	ck_assert_str_eq(buf_text(buf), "abc");
	ck_assert(!buf_printf(buf, "%d", 12));
	ck_assert_str_eq(buf_text(buf), "abc");
	ck_assert(buf_putc(buf, 'd'));
	ck_assert(!buf_putc(buf, 'e'));
	ck_assert_uint_eq(buf->len, 4);
}
END_TEST

START_TEST(consume_part_rest_kept)
{
	CLEANUP(buf_done) struct buf buf = { 0 };

	buf_puts(&buf, "hello world");
	buf_consume(&buf, 6);
	ck_assert_str_eq(buf_text(&buf), "world");
}
END_TEST

START_TEST(put_visible_control_characters_written_out)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	CLEANUP(buf_free) struct buf *small = buf_new(5);

	buf_put_visible(&buf, "a\nb\x7f\xc3\xa4\t");
	ck_assert_str_eq(buf_text(&buf), "a\\x0ab\\x7f\xc3\xa4\\x09");
	ck_assert(buf_puts(small, "ab"));
	ck_assert(!buf_put_visible(small, "c\n"));
	ck_assert_str_eq(buf_text(small), "ab");
}
END_TEST

SUITE(base_buf, add_over_max_refused_and_unchanged, consume_part_rest_kept,
      put_visible_control_characters_written_out)
