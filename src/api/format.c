/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of text that Kubernetes and Gateway API prescribe. */
#include "api/format.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

static bool is_lower_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_alnum(char c)
{
	return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}

#define LABEL_MAX 63
#define SUBDOMAIN_MAX 253

/* Lower-case letters, digits and inner dashes, at most max of them. */
static bool is_label(const char *text, size_t length, size_t max)
{
	if (length < 1 || length > max || !is_lower_alnum(text[0]) ||
	    !is_lower_alnum(text[length - 1]))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_lower_alnum(text[i]) && text[i] != '-')
			return false;
	return true;
}

static bool is_dns_label(const char *text)
{
	return is_label(text, strlen(text), LABEL_MAX);
}

static bool is_dotted(const char *text, size_t label_max)
{
	size_t length;

	if (strlen(text) > SUBDOMAIN_MAX)
		return false;
	for (;; text += length + 1) {
		length = strcspn(text, ".");
		if (!is_label(text, length, label_max))
			return false;
		if (!text[length])
			return true;
	}
}

/* Kubernetes holds the whole to a length, not its labels: an object's name need not resolve. */
static bool is_dns_subdomain(const char *text)
{
	return is_dotted(text, SUBDOMAIN_MAX);
}

static bool is_dns_subdomain_or_none(const char *text)
{
	return !*text || is_dns_subdomain(text);
}

/* Four numbers, however they are written: many a resolver reads 010.0.0.01 as an address. */
static bool is_ipv4(const char *text)
{
	unsigned parts = 1;

	for (; *text; text++)
		if (*text == '.')
			parts++;
		else if (*text < '0' || *text > '9')
			return false;
	return parts == 4;
}

static bool is_hostname(const char *text)
{
	if (is_ipv4(text) || strlen(text) > SUBDOMAIN_MAX)
		return false;
	return is_dotted(str_has_prefix(text, "*.") ? text + 2 : text, LABEL_MAX);
}

static bool is_kind(const char *text)
{
	size_t length = strlen(text);

	if (length < 1 || length > 63 || is_alnum(text[0]) == false ||
	    isdigit((unsigned char)text[0]) || !is_alnum(text[length - 1]))
		return false;
	for (; *text; text++)
		if (!is_alnum(*text) && *text != '-')
			return false;
	return true;
}

static bool is_header_name(const char *text)
{
	size_t length = strlen(text);

	return length >= 1 && length <= 256 &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			    "!#$%&'*+-.^_`|~") == length;
}

static bool is_port_name(const char *text)
{
	size_t length = strlen(text);
	bool letter = false;

	if (length > 15 || !is_dns_label(text) || strstr(text, "--"))
		return false;
	for (; *text; text++)
		letter = letter || (*text >= 'a' && *text <= 'z');
	return letter;
}

/* Ingress reads an empty text as none. */
static bool is_port_name_or_none(const char *text)
{
	return !*text || is_port_name(text);
}

/* A name that can stand in a URL between two slashes. */
static bool is_path_segment(const char *text)
{
	return *text && !strpbrk(text, "/%") && !str_equal(text, ".") && !str_equal(text, "..");
}

/* What one number of a duration counts, and where the text goes on behind its unit. */
static int64_t duration_unit(const char **text)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (str_has_prefix(*text, units[i].name)) {
			*text += strlen(units[i].name);
			return units[i].ms;
		}
	return 0;
}

/* ^([0-9]{1,5}(h|m|s|ms)){1,4}$ */
int64_t duration_ms(const char *text)
{
	unsigned parts = 0;
	int64_t total = 0;

	for (; *text; parts++) {
		size_t digits = strspn(text, "0123456789");
		int64_t number = 0, unit;

		if (digits < 1 || digits > 5)
			return -1;
		for (; digits; digits--)
			number = number * 10 + (*text++ - '0');
		unit = duration_unit(&text);
		if (!unit)
			return -1;
		total += number * unit;
	}
	return parts >= 1 && parts <= 4 ? total : -1;
}

static bool is_duration(const char *text)
{
	return duration_ms(text) >= 0;
}

/* "+02:00" in seconds. */
static int64_t zone_offset(const char *text)
{
	int64_t hours, minutes;
	char digits[3] = { 0 };

	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6)
		return 0;
	memcpy(digits, text + 1, 2);
	if (!str_to_number(digits, 0, 23, &hours) || !str_to_number(text + 4, 0, 59, &minutes))
		return 0;
	return (hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
}

bool time_parse(const char *text, int64_t *ret)
{
	struct tm tm = { 0 };
	const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;

	if (!rest || tm.tm_year < 70 || tm.tm_year > 300)
		return false;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	*ret = ((int64_t)timegm(&tm) - zone_offset(rest)) * 1000000000LL;
	return true;
}

static bool is_time(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

	if (!rest)
		return false;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	return str_equal(rest, "Z") || ((*rest == '+' || *rest == '-') && strlen(rest) == 6);
}

static bool is_absolute_path(const char *text)
{
	return text[0] == '/';
}

const struct shape_format format_dns_label = {
	is_dns_label, "a DNS label: at most 63 lower-case letters, digits and inner '-'"
};
const struct shape_format format_dns_subdomain = {
	is_dns_subdomain, "a DNS subdomain: lower-case letters, digits, '-' and '.', at most 253"
};
const struct shape_format format_dns_subdomain_or_none = {
	is_dns_subdomain_or_none,
	"a DNS subdomain: lower-case letters, digits, '-' and '.', at most 253"
};
const struct shape_format format_hostname = {
	is_hostname,
	"a lower-case DNS name, optionally with one leading '*.' label; no IP address, no port"
};
const struct shape_format format_group = { is_dns_subdomain_or_none,
					   "an API group: empty or a DNS subdomain" };
const struct shape_format format_kind = { is_kind,
					  "a kind: letters, digits and inner '-', at most 63" };
const struct shape_format format_header_name = { is_header_name,
						 "an HTTP header name of at most 256 characters" };
const struct shape_format format_port_name = {
	is_port_name, "a port name: at most 15 lower-case letters, digits and inner '-', one letter"
};
const struct shape_format format_port_name_or_none = {
	is_port_name_or_none,
	"a port name: at most 15 lower-case letters, digits and inner '-', one letter"
};
const struct shape_format format_path_segment = {
	is_path_segment, "a name without '/' and '%', and neither '.' nor '..'"
};
const struct shape_format format_duration = { is_duration,
					      "a duration such as 500ms, 10s or 1h30m" };
const struct shape_format format_time = { is_time, "a time as in 2026-01-31T12:00:00Z" };
const struct shape_format format_absolute_path = { is_absolute_path,
						   "a path that starts with '/'" };
