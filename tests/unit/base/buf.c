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

SUITE(base_buf, add_over_max_refused_and_unchanged, consume_part_rest_kept)
