/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text in and out: one deterministic form to hash and store, one strict reader. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "json/measure.h"

/* Appends the compact text with sorted keys: equal trees give equal bytes. False, with the buffer as
 * it was, where that would pass the buffer's maximum. */
bool json_canonical(const json_t *value, struct buf *buf);

/* Reads one JSON value as strictly as scan_text() does, with nothing behind it. On success *ret is the
 * caller's. Messages start with "line N, column M: ". */
int json_parse(const char *text, size_t length, json_t **ret, struct error *err);
