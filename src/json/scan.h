/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over the bytes of a JSON text: is it one value, strictly (RFC 8259), and where does each part
 * lie? What is wanted of it is then read there, and nothing is built of the rest. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct arena;

enum scan_type {
	SCAN_NULL,
	SCAN_FALSE,
	SCAN_TRUE,
	SCAN_INTEGER, /* without a fraction or an exponent, and 64 bits with sign hold it */
	SCAN_REAL,
	SCAN_STRING,
	SCAN_ARRAY,
	SCAN_OBJECT,
};

/* One value, or one key, which is a string before its value. What an array or object holds follows
 * it, up to `next`. */
struct scan_node {
	uint32_t start, length; /* in the text; a string's without its quotes */
	uint32_t next;		/* index of the node behind this one and all that it holds */
	uint8_t type;		/* enum scan_type */
	bool escaped;		/* a string holds a backslash */
};

/* The nodes in the order of the text, the root first. */
struct scan {
	const char *text; /* borrowed */
	struct scan_node *nodes;
	size_t count;
};

enum scan_integers {
	SCAN_INTEGERS_HELD,  /* beyond 64 bits with sign is an error */
	SCAN_INTEGERS_ROUND, /* … is a real, so that the field which holds it can be named */
};

/* Refuses what is no JSON, duplicate keys however they are escaped, lone surrogates, NUL, bytes that
 * are no UTF-8, numbers that a double does not hold (ERROR_INVALID), and what passes the ceilings of
 * measure.h (ERROR_TOO_LARGE). Messages start with "line N, column M: ". On success *ret borrows
 * the text and is for scan_done(). */
int scan_text(const char *text, size_t length, enum scan_integers integers, struct scan *ret,
	      struct error *err);
void scan_done(struct scan *scan);
static inline void scan_done_cleanup(struct scan *scan)
{
	scan_done(scan);
}

/* The node behind one and all that it holds. */
static inline const struct scan_node *scan_next(const struct scan *scan,
						const struct scan_node *node)
{
	return &scan->nodes[node->next];
}

/* A member's value; NULL where it is missing or null, and where `object` is NULL or no object. */
const struct scan_node *scan_member(const struct scan *scan, const struct scan_node *object,
				    const char *key);

/* Is a key of the object the same as one of the names but for its case? That name, or NULL. */
const char *scan_case_twin(const struct scan *scan, const struct scan_node *object,
			   const char *const *names);

/* The text of a string in the arena; NULL for anything else, and for NULL. */
char *scan_string(const struct scan *scan, const struct scan_node *node, struct arena *arena);

/* Takes the backslashes out of a string's text, which is never longer for it; how many bytes are
 * left. */
size_t scan_unescape(const char *text, size_t length, char *ret);
