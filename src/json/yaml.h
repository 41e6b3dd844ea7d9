/* SPDX-License-Identifier: Apache-2.0 */
/* YAML text (JSON is some) to JSON trees, scalars as kubectl reads them, and back from a field's path
 * to its line. The ceilings on depth, values and bytes are those of json/measure.h; they hold for a
 * whole text, aliases written out. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/error.h"

/* Bytes of one text, for file_read(); YAML_SCALAR_MAX of one scalar. */
#define YAML_TEXT_MAX (16UL << 20)
#define YAML_SCALAR_MAX (2UL << 20)
#define YAML_DOCUMENTS_MAX 10000

struct yaml_document {
	json_t *root;
	unsigned line;	/* of its first node, from 1 */
	unsigned index; /* among the documents of the text, empty ones counted */
};

struct yaml_documents {
	struct yaml_document *items;
	size_t count;
};

/* Reads all documents of a text, those that hold nothing left out; *ret is released with
 * yaml_documents_done(). An error anywhere refuses the whole text, so that a half-written file is
 * never half applied. Messages start with "line N, column M: "; the caller adds the file's name. */
int yaml_read(const char *text, size_t length, struct yaml_documents *ret, struct error *err);

void yaml_documents_done(struct yaml_documents *documents);
static inline void yaml_documents_done_cleanup(struct yaml_documents *documents)
{
	yaml_documents_done(documents);
}

/* The line of a field, path as path_text() writes it: spec.rules[0].host,
 * metadata.labels[kubelb.k8c.io/tenant]. Without the exact field it is the line of the nearest one
 * above it that exists. False where the text has no such document. Reads the text again: meant for
 * what is refused. */
bool yaml_locate(const char *text, size_t length, unsigned document, const char *path,
		 unsigned *ret_line);
