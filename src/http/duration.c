/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as Go writes them. */
#include "http/duration.h"

#include <stddef.h>
#include <string.h>

#include "base/str.h"

#define DAY_NS 86400e9

static const struct {
	const char *name;
	double ns;
} units[] = {
	/* The longer name first: "ms" is no "m". */
	{ "ns", 1 },   { "us", 1e3 }, { "\xc2\xb5s", 1e3 }, { "\xce\xbcs", 1e3 },
	{ "ms", 1e6 }, { "s", 1e9 },  { "m", 60e9 },	    { "h", 3600e9 },
};

static bool number_take(const char **text, double *ret)
{
	const char *p = *text;
	double value = 0, scale = 1;
	bool point = false;
	size_t digits = 0;

	for (; (*p >= '0' && *p <= '9') || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		digits++;
		value = value * 10 + (*p - '0');
		if (point)
			scale *= 10;
		if (digits > 18)
			return false;
	}
	*text = p;
	*ret = value / scale;
	return digits > 0;
}

static bool unit_take(const char **text, double *ret)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_has_prefix(*text, units[i].name)) {
			*text += strlen(units[i].name);
			*ret = units[i].ns;
			return true;
		}
	return false;
}

bool duration_parse(const char *text, uint64_t *ret_ns)
{
	double total = 0, number, unit;

	if (str_is_empty(text))
		return false;
	while (*text) {
		if (!number_take(&text, &number) || !unit_take(&text, &unit))
			return false;
		total += number * unit;
	}
	if (total < 1)
		return false;
	*ret_ns = (uint64_t)(total < DAY_NS ? total : DAY_NS);
	return true;
}
