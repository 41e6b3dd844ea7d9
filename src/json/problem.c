/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that is wrong with an object, collected. */
#include "json/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

#define VALUE_MAX 64
#define WARNING_MAX 256

const char *problem_type_name(enum problem_type type)
{
	switch (type) {
	case PROBLEM_INVALID:
		return "Invalid";
	case PROBLEM_REQUIRED:
		return "Required";
	case PROBLEM_DUPLICATE:
		return "Duplicate";
	case PROBLEM_FORBIDDEN:
		return "Forbidden";
	case PROBLEM_NOT_SUPPORTED:
		return "Unsupported";
	case PROBLEM_NOT_FOUND:
		return "NotFound";
	case PROBLEM_TOO_MANY:
		return "TooMany";
	case PROBLEM_TOO_LONG:
		return "TooLong";
	}
	return "Invalid";
}

static void put_printable(struct buf *buf, unsigned char c)
{
	if (c < 0x20 || c >= 0x7f)
		buf_printf(buf, "\\x%02x", c);
	else
		buf_putc(buf, (char)c);
}

/* A text of ours may hold words of the user's: those neither end a line nor colour a terminal. */
static void puts_printable(struct buf *buf, const char *text)
{
	for (; *text; text++)
		put_printable(buf, (unsigned char)*text);
}

const char *problem_quote(struct arena *arena, const char *value)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	size_t shown = 0;

	buf_putc(&buf, '"');
	for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
		if (shown++ == VALUE_MAX) {
			buf_puts(&buf, "...");
			break;
		}
		if (*c == '"' || *c == '\\')
			buf_putc(&buf, '\\');
		put_printable(&buf, *c);
	}
	buf_putc(&buf, '"');
	return arena_strdup(arena, buf.data);
}

static void problems_append(struct problems *problems, struct problem problem)
{
	if (problems->count > PROBLEMS_MAX)
		return;
	if (problems->count == PROBLEMS_MAX)
		problem = (struct problem){ .rule = problem.rule,
					    .field = "",
					    .type = PROBLEM_TOO_MANY,
					    .message = "TooMany: more problems were left out" };
	LIST_APPEND(problems->arena, problems, problem);
}

void problems_add(struct problems *problems, const char *rule, enum problem_type type,
		  const struct path *path, const char *value, const char *format, ...)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_printf(&buf, "%s: ", problem_type_name(type));
	if (value)
		buf_printf(&buf, "%s: ", problem_quote(problems->arena, value));
	puts_printable(&buf, text);
	problems_append(problems,
			(struct problem){ .rule = rule,
					  .field = path_text(problems->arena, path),
					  .type = type,
					  .message = arena_strdup(problems->arena, buf.data) });
}

void problems_warn(struct problems *problems, const struct path *path, const char *format, ...)
{
	CLEANUP(buf_done) struct buf buf = { .max = WARNING_MAX };
	char text[WARNING_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (problems->warnings.count >= PROBLEMS_MAX)
		return;
	if (path)
		buf_printf(&buf, "%.160s: ", path_text(problems->arena, path));
	puts_printable(&buf, text);
	LIST_APPEND(problems->arena, &problems->warnings,
		    arena_strdup(problems->arena, buf_text(&buf)));
}
