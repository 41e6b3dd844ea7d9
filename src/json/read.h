/* SPDX-License-Identifier: Apache-2.0 */
/* jansson, its cleanup, and reads that answer NULL or an empty thing where a member is missing. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/cleanup.h"

struct arena;

CLEANUP_DEFINE(json_decref, json_t *)

/* The member at a path of object keys, "metadata.labels"-like but as arguments that end with NULL.
 * NULL when any step is missing or no object. Borrowed. */
json_t *json_at(const json_t *root, ...) __attribute__((sentinel));

/* The string member of an object, or NULL when it is missing or no string. Borrowed. */
const char *json_text(const json_t *object, const char *key);

/* Is the member there and not null? Kubernetes reads a null as absent. */
bool json_has(const json_t *object, const char *key);

/* Sets a string member, unless text is NULL or empty. */
void json_put_text(json_t *object, const char *key, const char *text);

/* A JSON string of a text of unknown origin, such as a file's name: a byte that is no UTF-8 becomes
 * U+FFFD. NULL becomes "". */
json_t *json_lossy(const char *text);

/* The tree of a text that this program wrote itself; null if it is none. The caller's. */
json_t *json_of(const char *text);

/* Hands a reference over to the arena, which releases it; returns it. NULL stays NULL. */
json_t *json_adopt(struct arena *arena, json_t *json);

/* Compact text on the heap, keys in the order in which they were written; for free(). */
char *json_compact(const json_t *root);
