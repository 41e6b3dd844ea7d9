/* SPDX-License-Identifier: Apache-2.0 */
/* One file of YAML or JSON as the objects in it, Lists unrolled. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"

/* One object of a file. */
struct folder_document {
	const char *text;  /* compact JSON; not always an object */
	unsigned line;	   /* of the file, 1-based */
	unsigned document; /* which of the file's documents, for yaml_locate() */
	const char
		*prefix; /* of its fields in that document: "", or of a List's item "items[2]." */
};

struct manifest {
	struct folder_document *documents;
	size_t count;
};

/* Bytes of one file. */
#define MANIFEST_MAX (16UL << 20)

/* Reads a regular file; "-" is standard input. On success *ret is released with manifest_done().
 * *ret_line is where the error is, 0 where that says nothing. The message names no file. */
int manifest_read(const char *path, struct manifest *ret, unsigned *ret_line, struct error *err);

/* As manifest_read(), of a text in memory. */
int manifest_parse(const char *text, size_t length, struct manifest *ret, unsigned *ret_line,
		   struct error *err);

void manifest_done(struct manifest *manifest);
static inline void manifest_done_cleanup(struct manifest *manifest)
{
	manifest_done(manifest);
}

/* The same objects in the same places? */
bool manifest_equal(const struct manifest *a, const struct manifest *b);
