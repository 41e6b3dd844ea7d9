/* SPDX-License-Identifier: Apache-2.0 */
/* A growing run of bytes that knows its maximum and always ends in a NUL that does not count. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct buf {
	char *data; /* never NULL after the first append; data[len] is NUL */
	size_t len;
	size_t size;
	size_t max; /* 0: no ceiling */
};

/* An empty buffer on the heap, for buf_free(). max 0: no ceiling. */
struct buf *buf_new(size_t max);
void buf_free(struct buf *buf);
CLEANUP_DEFINE(buf_free, struct buf *)

/* For a `struct buf b = { 0 };` in place: releases the bytes, the buffer is empty again. */
void buf_done(struct buf *buf);
static inline void buf_done_cleanup(struct buf *buf)
{
	buf_done(buf);
}

/* Forgets the content, keeps the memory. */
void buf_clear(struct buf *buf);

/* Each appends and returns false, leaving the buffer as it was, where that would pass max. */
bool buf_add(struct buf *buf, const void *bytes, size_t length);
bool buf_puts(struct buf *buf, const char *text);
bool buf_putc(struct buf *buf, char c);
bool buf_printf(struct buf *buf, const char *format, ...) FORMAT(2, 3);

/* Appends the text with each control character written out ("\x0a"), so that none passes for the end
 * of a line of ours. */
bool buf_put_visible(struct buf *buf, const char *text);

/* Drops the first `length` bytes. */
void buf_consume(struct buf *buf, size_t length);

/* Hands the bytes out (for free()); the buffer is empty again. Never NULL. */
char *buf_take(struct buf *buf);
/* The text, "" for a buffer that nothing was added to. */
const char *buf_text(const struct buf *buf);
