/* SPDX-License-Identifier: Apache-2.0 */
/* The error that a function hands to its caller. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list args;

	if (err) {
		err->code = code;
		va_start(args, format);
		vsnprintf(err->text, sizeof(err->text), format, args);
		va_end(args);
	}
	return -(int)code;
}

int error_errno(struct error *err, int number, const char *format, ...)
{
	enum error_code code = number == ENOENT ? ERROR_NOT_FOUND : ERROR_IO;
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return error_set(err, code, "%.800s: %s", text, strerror(number));
}

int error_prefix(struct error *err, const char *format, ...)
{
	char prefix[sizeof(err->text)];
	char text[sizeof(err->text)];
	va_list args;

	if (!err)
		return -(int)ERROR_INTERNAL;
	va_start(args, format);
	vsnprintf(prefix, sizeof(prefix), format, args);
	va_end(args);
	memcpy(text, err->text, sizeof(text));
	return error_set(err, err->code, "%.400s: %.600s", prefix, text);
}
