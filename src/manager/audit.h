/* SPDX-License-Identifier: Apache-2.0 */
/* Where decisions are told line by line: a bounded queue, and a thread that writes. Whoever adds a line
 * never waits for the disk. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct audit;

/* Appends to a file, made for its owner only where there is none; "-" is standard output. On success
 * *ret is for audit_free(). */
int audit_new(const char *path, struct audit **ret, struct error *err);
/* Writes what is queued, for at most two seconds; drops the rest. */
void audit_free(struct audit *audit);
CLEANUP_DEFINE(audit_free, struct audit *)

/* Queues the line, which ends with its newline, and empties the buffer; drops it where the queue is
 * full. Any thread. */
void audit_add(struct audit *audit, struct buf *line);

/* Opens the file anew before the next line: somebody moved the old one away. */
void audit_reopen(struct audit *audit);

struct audit_stats {
	uint64_t written, dropped; /* lines */
};
/* Any thread. */
struct audit_stats audit_stats(struct audit *audit);
