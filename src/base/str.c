/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about text. */
#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool str_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_equal_nocase(const char *a, const char *b)
{
	return a == b || (a && b && strcasecmp(a, b) == 0);
}

bool str_has_prefix(const char *text, const char *prefix)
{
	return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_has_suffix(const char *text, const char *suffix)
{
	size_t length, tail = strlen(suffix);

	if (!text)
		return false;
	length = strlen(text);
	return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

bool str_is_empty(const char *text)
{
	return !text || !*text;
}

bool str_in(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (str_equal(text, *list))
			return true;
	return false;
}

bool str_to_number(const char *text, int64_t min, int64_t max, int64_t *ret)
{
	long long number;
	char *end;

	if (str_is_empty(text) || !(*text == '-' || (*text >= '0' && *text <= '9')))
		return false;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || *end || number < min || number > max)
		return false;
	*ret = number;
	return true;
}
