/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about text. NULL is a text that equals only NULL and has no prefix. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool str_equal(const char *a, const char *b);
bool str_equal_nocase(const char *a, const char *b);
bool str_has_prefix(const char *text, const char *prefix);
bool str_has_suffix(const char *text, const char *suffix);
/* NULL or "". */
bool str_is_empty(const char *text);
/* Is text one of the list that ends with NULL? */
bool str_in(const char *text, const char *const *list);

/* A whole decimal number within min and max, nothing before or behind it. */
bool str_to_number(const char *text, int64_t min, int64_t max, int64_t *ret);
