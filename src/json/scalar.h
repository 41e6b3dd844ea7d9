/* SPDX-License-Identifier: Apache-2.0 */
/* What a YAML scalar means, as kubectl reads it: YAML 1.1 words and numbers, then JSON. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum scalar_kind {
	SCALAR_NULL,
	SCALAR_BOOL,
	SCALAR_INTEGER,
	SCALAR_FLOAT,
	SCALAR_STRING,
	SCALAR_MERGE, /* "<<" without quotes: as a key a merge, anywhere else a text */
};

struct scalar {
	enum scalar_kind kind;
	bool truth;
	int64_t integer;
	double number;
	const char *text; /* as written; borrowed */
	size_t length;
};

/* tag is the full one ("tag:yaml.org,2002:int") or NULL; plain: written without quotes and without a
 * tag. Errors: a text that its tag does not fit, .inf and .nan, an integer beyond 64 bits with sign,
 * binary, NUL. */
int scalar_resolve(const char *text, size_t length, const char *tag, bool plain, struct scalar *ret,
		   struct error *err);

/* The value in JSON, the caller's. A float without a fraction is an integer, as kubectl sends it. */
json_t *scalar_value(const struct scalar *scalar);

/* Appends the object member's name that the scalar is as a key: 0x10 is "16", yes is "true". False
 * for null, which is none. */
bool scalar_key(const struct scalar *scalar, struct buf *buf);
