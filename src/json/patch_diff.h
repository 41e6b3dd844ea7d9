/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6902: the operations that turn one tree into another, found. */
#pragma once

#include <jansson.h>

/* The operations (add, remove, replace) that turn `from` into `to`, an array that is the caller's;
 * empty for equal trees. A member that changed is replaced at its own place: an array is never written
 * anew because some of its items changed, and surplus items are removed from its end. */
json_t *json_patch_diff(const json_t *from, const json_t *to);
