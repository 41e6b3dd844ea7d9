/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, read strictly: nothing overlong, no surrogates, nothing past U+10FFFF. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The bytes that the character at `text` takes, of `left` bytes that there are; 0: none is there. */
size_t utf8_length(const char *text, size_t left);

/* Writes one character, at most four bytes; how many it took. */
size_t utf8_write(uint32_t character, char *ret);
