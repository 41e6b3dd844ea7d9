/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each object as its user wrote it: one line per object, again when it changes. */
#pragma once

#include <stdio.h>

#include "manager/intake.h"

enum report_format { REPORT_TEXT, REPORT_JSON };

struct report_options {
	enum report_format format;
	FILE *out;
	const struct intake *intake;
	const struct reconciler *reconciler;
};

struct report;

struct report *report_new(const struct report_options *options);
void report_free(struct report *report);
CLEANUP_DEFINE(report_free, struct report *)

/* Writes the lines of a namespace ("tenant-x"; NULL: the operator's) that differ from those written
 * last. */
void report_namespace(struct report *report, const char *namespace);

struct report_counts {
	size_t objects, refused;
	size_t failed; /* refused, conflicted or rejected */
};

struct report_counts report_counts(const struct report *report);

/* The errno with which the first line got lost, such as EPIPE; 0: none did. */
int report_lost(const struct report *report);

/* Writes that everything is acknowledged. */
void report_ready(struct report *report);
