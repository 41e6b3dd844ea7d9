/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6901: the place of a value in a tree, as text. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The value at a pointer, borrowed; NULL where there is none or the pointer is none. */
json_t *pointer_get(const json_t *root, const char *pointer);

/* Appends one step: "/" and the token with "~" and "/" escaped. */
void pointer_add_key(struct buf *buf, const char *key);
void pointer_add_index(struct buf *buf, size_t index);

/* Takes the first token off *pointer, unescaped into token (which is cleared first). False at the end
 * of the pointer and where it is malformed: then **pointer is not NUL. */
bool pointer_next(const char **pointer, struct buf *token);

/* Is the pointer "" or "/…", each "~" followed by 0 or 1? */
bool pointer_is_valid(const char *pointer);

/* An array index: digits without a leading zero. */
bool pointer_index(const char *token, size_t *ret);
