/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read under a ceiling, written so that a reader sees the old or the new one. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* Reads a regular file (or a pipe) of at most max bytes. "-" is standard input. On success *ret is
 * the caller's. ERROR_NOT_FOUND, ERROR_TOO_LARGE, ERROR_IO. */
int file_read(const char *path, size_t max, struct buf **ret, struct error *err);

/* Writes beside the target and renames over it: a reader never sees half a file, a full disk leaves
 * the old one. */
int file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err);

/* Makes a folder and those above it, each with the mode; one that exists is fine. */
int file_make_folder(const char *path, mode_t mode, struct error *err);
