/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648 §4), the form of bytes in JSON. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

/* Appends the bytes to out. False, and out as it was, for anything but whole padded base64. */
bool base64_decode(const char *text, size_t length, struct buf *out);

/* Appends the padded text of the bytes. False, and out as it was, where that would pass out's maximum. */
bool base64_encode(const void *bytes, size_t length, struct buf *out);
