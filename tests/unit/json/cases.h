/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that are files: found by listing a folder, so that a new one needs no C. */
#pragma once

#include "base/buf.h"

/* Calls run with each case, "<TEST_DATA>/<folder>/<name>" without the suffix, in the order of the
 * names; fails the test if there is none. */
void cases_run(const char *folder, const char *suffix, void (*run)(const char *path));

/* The content of <path><suffix>, or NULL when there is no such file. */
struct buf *case_read(const char *path, const char *suffix);

/* As case_read(), without the newline at the end; a case without the file fails. */
char *case_line(const char *path, const char *suffix);
