/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6902: what turns one tree into another, applied; found by patch_diff.h. */
#pragma once

#include <jansson.h>

#include "base/error.h"
#include "json/patch_diff.h"

/* Applies all operations or none: target stays as it is, *ret is a new tree, the caller's. An
 * operation that cannot be applied, a failed test, and a result larger than measure.h allows are
 * errors that name the operation by its index. */
int json_patch_apply(const json_t *target, const json_t *patch, json_t **ret, struct error *err);
