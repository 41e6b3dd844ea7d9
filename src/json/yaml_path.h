/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a field's path, as json/path.h writes it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A key, or between brackets an index or a key: only what it is looked up in decides. */
struct yaml_step {
	const char *text; /* borrowed from the path */
	size_t length;
	bool bracketed;
};

/* Takes the first step off *path; false at its end. */
bool yaml_step_next(const char **path, struct yaml_step *ret);

bool yaml_step_is_key(const struct yaml_step *step, const char *key);
bool yaml_step_is_index(const struct yaml_step *step, size_t index);
