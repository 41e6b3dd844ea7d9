/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with an object: all of it, each with its rule, its field and what would be allowed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "json/path.h"

struct arena;

/* The words of apimachinery's field errors. */
enum problem_type {
	PROBLEM_INVALID,
	PROBLEM_REQUIRED,
	PROBLEM_DUPLICATE,
	PROBLEM_FORBIDDEN,
	PROBLEM_NOT_SUPPORTED,
	PROBLEM_NOT_FOUND,
	PROBLEM_TOO_MANY,
	PROBLEM_TOO_LONG,
};

struct problem {
	const char *rule;  /* "LB002" */
	const char *field; /* "spec.ports[1].name" */
	enum problem_type type;
	const char *message; /* `Duplicate: "web": …; what is allowed` */
};

/* Texts live in the arena. Past PROBLEMS_MAX one last problem says that there are more. */
struct problems {
	struct arena *arena;
	struct problem *items;
	size_t count;
	struct {
		const char **items;
		size_t count;
	} warnings;
};

#define PROBLEMS_MAX 256

/* Adds a problem at path. value is what the user wrote, or NULL when that says nothing; it is cut
 * at 64 characters and control and non-ASCII characters are escaped. format says what the rule is and
 * what would be allowed: "must be 1 to 65535". */
void problems_add(struct problems *problems, const char *rule, enum problem_type type,
		  const struct path *path, const char *value, const char *format, ...) FORMAT(6, 7);

/* Adds a warning: `<path>: <text>`, kept within the 256 characters that the API server passes on.
 * path may be NULL. */
void problems_warn(struct problems *problems, const struct path *path, const char *format, ...)
	FORMAT(3, 4);

/* "Invalid", "Required value", … */
const char *problem_type_name(enum problem_type type);

/* A printable form of any text of a user: quoted, escaped, cut. */
const char *problem_quote(struct arena *arena, const char *value);
