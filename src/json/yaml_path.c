/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a field's path. */
#include "json/yaml_path.h"

#include <stdio.h>
#include <string.h>

/* A bracketed key may hold brackets; what ends it is the one that a further step or the end follows. */
static size_t bracket_length(const char *text)
{
	const char *p;

	for (p = text; *p; p++)
		if (*p == ']' && (p[1] == '\0' || p[1] == '.' || p[1] == '['))
			break;
	return (size_t)(p - text);
}

bool yaml_step_next(const char **path, struct yaml_step *ret)
{
	const char *p = *path;

	if (!*p)
		return false;
	ret->bracketed = *p == '[';
	if (*p == '[' || *p == '.')
		p++;
	ret->text = p;
	ret->length = ret->bracketed ? bracket_length(p) : strcspn(p, ".[");
	p += ret->length;
	*path = p + (ret->bracketed && *p == ']');
	return true;
}

bool yaml_step_is_key(const struct yaml_step *step, const char *key)
{
	return strlen(key) == step->length && memcmp(key, step->text, step->length) == 0;
}

bool yaml_step_is_index(const struct yaml_step *step, size_t index)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", index);
	return step->bracketed && yaml_step_is_key(step, text);
}
