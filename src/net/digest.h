/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, for versions and for names that must not collide. */
#pragma once

#include <stddef.h>

#define DIGEST_HEX_SIZE 65

/* 64 lower-case hex digits and a NUL. */
void digest_hex(const void *bytes, size_t length, char ret[DIGEST_HEX_SIZE]);

/* Of several texts (ends with NULL), each with its length before it: ("a", "bc") and ("ab", "c")
 * differ. */
void digest_parts(char ret[DIGEST_HEX_SIZE], ...) __attribute__((sentinel));
