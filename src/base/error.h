/* SPDX-License-Identifier: Apache-2.0 */
/* The error that a function hands to its caller: a code for programs, a text for people. */
#pragma once

#include <stdarg.h>

#include "base/cleanup.h"

/* Few, and each maps to one metav1.StatusReason. */
enum error_code {
	ERROR_INVALID = 1, /* malformed input */
	ERROR_TOO_LARGE,   /* over a ceiling */
	ERROR_NOT_FOUND,
	ERROR_BUSY, /* in use by somebody else */
	ERROR_FORBIDDEN,
	ERROR_IO, /* the operating system said no */
	ERROR_INTERNAL,
};

struct error {
	enum error_code code;
	char text[1024];
};

/* Fills *err and returns the negative code, so that `return error_set(...)` is enough. Too long a
 * text is cut. err may be NULL where the caller wants the code alone. */
int error_set(struct error *err, enum error_code code, const char *format, ...) FORMAT(3, 4);

/* As error_set(), with ": " and strerror(number) behind the text. ENOENT becomes ERROR_NOT_FOUND,
 * anything else ERROR_IO. */
int error_errno(struct error *err, int number, const char *format, ...) FORMAT(3, 4);

/* Puts "<format>: " before the text that a callee left in *err; returns the negative code. */
int error_prefix(struct error *err, const char *format, ...) FORMAT(2, 3);
