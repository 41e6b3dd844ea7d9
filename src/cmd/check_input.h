/* SPDX-License-Identifier: Apache-2.0 */
/* What `kubelb check` is given: files, folders and standard input, sorted by whose each object is. */
#pragma once

#include "source/folder.h"
#include "json/shape.h"

struct arena;

/* The objects of one writer, file by file. */
struct check_group {
	const char *tenant; /* "x"; "" for what needs no tenant to be judged */
	LIST_OF(struct folder_file) files;
};

struct check_input {
	struct arena *arena;
	const char *tenant; /* of --tenant, or NULL */
	LIST_OF(struct folder_file) operator_files;
	LIST_OF(struct folder_file) policy_files; /* of --policy: Config and Tenants only */
	LIST_OF(struct check_group) groups;
	LIST_OF(struct folder_file) all; /* as read, to find the line of a field */
	size_t objects;
	bool unusable;	    /* some input could not be read at all */
	bool tenant_needed; /* said on stderr: it is not known whose an object is */
	char *standard_input;
};

/* Adds a file, a folder or "-". What cannot be read becomes a file with an error. */
void check_input_add(struct check_input *input, const char *path);

/* Adds the Config and Tenants of a file or folder. False, and said on stderr, when it cannot be
 * read. */
bool check_input_add_policy(struct check_input *input, const char *path);

/* The line of a field of the object that stands at a line of a file; that line itself when nothing
 * better is known. */
unsigned check_input_locate(const struct check_input *input, const char *file, unsigned line,
			    const char *field);
