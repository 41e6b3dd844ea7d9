/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6902: the operations that turn one tree into another, found. */
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends the operations (add, remove, replace) that turn `from` into `to`, as JSON text; "[]" for equal
 * trees. How many there are. A member that changed is replaced at its own place: an array is never
 * written anew because some of its items changed, and surplus items are removed from its end. */
size_t json_patch_diff(const json_t *from, const json_t *to, struct buf *ret);
