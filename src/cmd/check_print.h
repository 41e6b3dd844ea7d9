/* SPDX-License-Identifier: Apache-2.0 */
/* What `kubelb check` says: for people, for programs, for GitHub's annotations. */
#pragma once

#include "cmd/check_input.h"
#include "manager/record.h"

enum check_format { CHECK_TEXT, CHECK_JSON, CHECK_GITHUB };

/* One judged object. */
struct check_line {
	const char *tenant;
	const struct record *record;
};

struct check_lines {
	struct check_line *items;
	size_t count;
};

/* Sorts the lines by file and line, and writes them to standard output. */
void check_print(const struct check_input *input, enum check_format format,
		 struct check_lines *lines);

void check_print_rules(enum check_format format);
