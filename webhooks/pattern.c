/* SPDX-License-Identifier: Apache-2.0 */
/* Paths and regular expressions of routes. */
#include "webhooks/pattern.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define REPEAT_MAX 1000 /* RE2's, nested repetitions multiplied */

/* Does a segment begin with a text as written, or escaped? Returns what follows, or NULL. */
static const char *skip_character(const char *at, char c, const char *escaped)
{
	if (*at == c)
		return at + 1;
	return strncasecmp(at, escaped, strlen(escaped)) == 0 ? at + strlen(escaped) : NULL;
}

/* "." and ".." in the disguises that one server reads through and another does not: escaped, or with
 * parameters behind ';'. */
static bool is_dot_segment(const char *segment)
{
	unsigned dots = 0;

	for (const char *next; (next = skip_character(segment, '.', "%2e")); segment = next)
		dots++;
	return (dots == 1 || dots == 2) &&
	       (!*segment || *segment == '/' || skip_character(segment, ';', "%3b"));
}

bool text_has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}

const char *path_fault(const char *path)
{
	static const char *const parts[] = { "//", "/./", "/../", "%2f", "%2F", NULL };

	if (path[0] != '/')
		return "start with '/'";
	for (size_t i = 0; parts[i]; i++)
		if (strstr(path, parts[i]))
			return "not hold '//', '/./', '/../' or an escaped '/'";
	if (str_has_suffix(path, "/.") || str_has_suffix(path, "/.."))
		return "not end in '/.' or '/..'";
	for (const char *slash = path; slash; slash = strchr(slash + 1, '/'))
		if (is_dot_segment(slash + 1))
			return "not hold '.' or '..' between slashes, however written";
	if (text_has_control(path))
		return "not hold control characters";
	return NULL;
}

struct regex_scan {
	const char *at;
	unsigned depth;
	long inner[REGEX_MAX + 1]; /* the largest repetition within each open group */
	long atom;		   /* of what stands just before; 0: nothing to repeat */
};

/* A class: from behind '[' to behind ']'. */
static const char *skip_class(const char *at)
{
	if (*at == '^')
		at++;
	if (*at == ']')
		at++;
	for (; *at && *at != ']'; at++) {
		if (*at == '\\' && at[1])
			at++;
		else if (at[0] == '[' && at[1] == ':' && strstr(at, ":]"))
			at = strstr(at, ":]") + 1;
	}
	return *at ? at + 1 : NULL;
}

static const char *scan_open(struct regex_scan *scan)
{
	if (scan->at[1] == '?' && scan->at[2] && strchr("=!#>", scan->at[2]))
		return "not look ahead or behind (RE2)";
	if (str_has_prefix(scan->at, "(?<=") || str_has_prefix(scan->at, "(?<!"))
		return "not look ahead or behind (RE2)";
	scan->inner[++scan->depth] = 1;
	scan->atom = 0;
	scan->at++;
	if (*scan->at == '?')
		scan->at += 1 + strspn(scan->at + 1, "imsUP:-");
	return NULL;
}

/* "{2}", "{2,}", "{2,5}": the largest number, or 0 when the brace is a plain character. */
static long read_repeat(const char *at, const char **ret_end)
{
	char *end;
	long low = strtol(at + 1, &end, 10), high = low;

	if (end == at + 1 || at[1] == '-' || at[1] == '+' || at[1] == ' ')
		return 0;
	if (*end == ',' && end[1] >= '0' && end[1] <= '9')
		high = strtol(end + 1, &end, 10);
	else if (*end == ',')
		end++;
	if (*end != '}')
		return 0;
	*ret_end = end + 1;
	return high > low ? high : low > 0 ? low : 1;
}

static const char *scan_repeat(struct regex_scan *scan, long times, const char *end)
{
	if (!scan->atom)
		return "have something before each '*', '+', '?' and '{'";
	if (times > REPEAT_MAX || scan->atom * times > REPEAT_MAX)
		return "not repeat more than 1000 times, nested repetitions multiplied (RE2)";
	if (scan->atom * times > scan->inner[scan->depth])
		scan->inner[scan->depth] = scan->atom * times;
	scan->at = *end == '?' ? end + 1 : end;
	scan->atom = 0;
	return NULL;
}

static const char *scan_one(struct regex_scan *scan)
{
	const char *end = NULL;
	long times;

	switch (*scan->at) {
	case '(':
		return scan_open(scan);
	case ')':
		if (!scan->depth)
			return "close only groups that it opens";
		scan->atom = scan->inner[scan->depth--];
		scan->at++;
		return NULL;
	case '[':
		scan->atom = 1;
		scan->at = skip_class(scan->at + 1);
		return scan->at ? NULL : "close every '['";
	case '*':
	case '+':
	case '?':
		return scan_repeat(scan, 1, scan->at + 1);
	case '{':
		times = read_repeat(scan->at, &end);
		if (times)
			return scan_repeat(scan, times, end);
		break;
	case '|':
		scan->atom = 0;
		scan->at++;
		return NULL;
	case '\\':
		if (!scan->at[1])
			return "not end in '\\'";
		if (scan->at[1] >= '1' && scan->at[1] <= '9')
			return "not refer back to a group (RE2)";
		scan->at++;
		break;
	default:
		break;
	}
	scan->atom = 1;
	scan->at++;
	return NULL;
}

const char *regex_fault(const char *regex)
{
	struct regex_scan scan = { .at = regex, .inner = { 1 } };
	const char *fault;

	if (strlen(regex) > REGEX_MAX)
		return "be at most 256 bytes long";
	while (*scan.at) {
		fault = scan_one(&scan);
		if (fault)
			return fault;
	}
	return scan.depth ? "close every '('" : NULL;
}
