/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of text that Gateway API alone prescribes. */
#include "api/gateway_format.h"

#include <string.h>

#include "api/format.h"
#include "base/str.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PATH_PUNCTUATION "/-._~!$&'()*+,;=:"

static bool is_visible(char c)
{
	return c >= '!' && c <= '~';
}

/* ^[!-~]+([\t ]?[!-~]+)*$: nothing that could end a header line. */
static bool is_header_value(const char *text)
{
	if (!is_visible(text[0]))
		return false;
	for (; *text; text++)
		if (!is_visible(*text) && ((*text != ' ' && *text != '\t') || !is_visible(text[1])))
			return false;
	return true;
}

static bool is_dashed_word(const char *text)
{
	size_t length = strlen(text);

	return length && strspn(text, LOWER UPPER DIGITS "-") == length && text[0] != '-' &&
	       text[length - 1] != '-';
}

/* The schema's pattern does not hold the domain to the text's start. */
static bool ends_below_domain(const char *text, const char *name_characters)
{
	for (const char *slash = strchr(text, '/'); slash; slash = strchr(slash + 1, '/'))
		if (slash > text && strchr(LOWER DIGITS, slash[-1]) && slash[1] &&
		    !slash[1 + strspn(slash + 1, name_characters)])
			return true;
	return false;
}

static bool is_protocol(const char *text)
{
	return is_dashed_word(text) || ends_below_domain(text, LOWER UPPER DIGITS);
}

static bool is_address_type(const char *text)
{
	return str_has_prefix(text, "Hostname") || strstr(text, "IPAddress") ||
	       strstr(text, "NamedAddress") ||
	       ends_below_domain(text, LOWER UPPER DIGITS PATH_PUNCTUATION "%");
}

static bool is_controller(const char *text)
{
	size_t domain = strcspn(text, "/");
	const char *name = text + domain + 1;
	char buffer[254];

	if (!text[domain] || domain >= sizeof(buffer) || !*name)
		return false;
	memcpy(buffer, text, domain);
	buffer[domain] = '\0';
	return format_dns_subdomain.fits(buffer) &&
	       !name[strspn(name, LOWER UPPER DIGITS PATH_PUNCTUATION "%")];
}

/* Letters and digits at both ends, '-', '_' and '.' within. */
static bool is_qualified_name(const char *text)
{
	size_t length = strlen(text);

	return length && !text[strspn(text, LOWER UPPER DIGITS "-_.")] && !strchr("-_.", text[0]) &&
	       !strchr("-_.", text[length - 1]);
}

static bool is_annotation_key(const char *text)
{
	const char *slash = strchr(text, '/'), *name = slash ? slash + 1 : text;
	char buffer[253];
	size_t prefix = slash ? (size_t)(slash - text) : 0;

	if (prefix >= sizeof(buffer) || strlen(name) > 63 || !is_qualified_name(name))
		return false;
	memcpy(buffer, text, prefix);
	buffer[prefix] = '\0';
	return !slash || format_dns_subdomain.fits(buffer);
}

static bool is_annotation(const char *text)
{
	return strlen(text) <= 4096;
}

static bool is_label_value(const char *text)
{
	return !*text || (strlen(text) <= 63 && is_qualified_name(text));
}

/* Labels with dots between; "*" may stand for the first, or for all. Returns where it ends, or NULL. */
static const char *skip_origin_host(const char *text)
{
	if (text[0] == '*' && text[1] != '.')
		return text + 1;
	if (text[0] == '*')
		text += 2;
	for (;; text++) {
		size_t label = strspn(text, LOWER UPPER DIGITS "-");

		text += label;
		if (!label || *text != '.')
			return label ? text : NULL;
	}
}

static bool is_cors_origin(const char *text)
{
	const char *end;
	size_t digits;

	if (strlen(text) > 253)
		return false;
	if (str_equal(text, "*"))
		return true;
	if (!str_has_prefix(text, "http://") && !str_has_prefix(text, "https://"))
		return false;
	end = skip_origin_host(strstr(text, "://") + 3);
	if (!end || !*end)
		return end != NULL;
	digits = strspn(end + 1, DIGITS);
	return *end == ':' && digits >= 1 && digits <= 5 && !end[1 + digits];
}

/* ^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$ */
static bool is_url_path(const char *text)
{
	static const char hex[] = "0123456789abcdefABCDEF";

	if (!*text)
		return false;
	for (;;) {
		text += strspn(text, LOWER UPPER DIGITS PATH_PUNCTUATION "@");
		if (!*text)
			return true;
		if (*text != '%' || !text[1] || !strchr(hex, text[1]) || !text[2] ||
		    !strchr(hex, text[2]))
			return false;
		text += 3;
	}
}

static bool is_identifier(const char *text, size_t length)
{
	return length && !strchr(DIGITS, text[0]) && strspn(text, LOWER UPPER DIGITS "_") >= length;
}

bool is_grpc_method(const char *text)
{
	return is_identifier(text, strlen(text));
}

bool is_grpc_service(const char *text)
{
	size_t length;

	if (*text == '.')
		text++;
	for (;; text += length + 1) {
		length = strcspn(text, ".");
		if (!is_identifier(text, length))
			return false;
		if (!text[length])
			return true;
	}
}

const struct shape_format format_header_value = { is_header_value,
						  "visible ASCII, with single blanks inside only" };
const struct shape_format format_protocol = {
	is_protocol, "a protocol: letters, digits and inner '-', perhaps below a domain and '/'"
};
const struct shape_format format_address_type = {
	is_address_type, "IPAddress, Hostname, NamedAddress or a name below a domain and '/'"
};
const struct shape_format format_controller = { is_controller,
						"a path below a domain: example.com/name" };
const struct shape_format format_annotation_key = {
	is_annotation_key, "a name of at most 63 letters, digits, inner '-', '_' and '.', perhaps "
			   "below a DNS subdomain and '/'"
};
const struct shape_format format_annotation = { is_annotation, "at most 4096 characters long" };
const struct shape_format format_label_value = {
	is_label_value, "empty or at most 63 letters, digits, inner '-', '_' and '.'"
};
const struct shape_format format_cors_origin = {
	is_cors_origin, "\"*\" or scheme, host and perhaps port: https://example.com"
};
const struct shape_format format_url_path = { is_url_path,
					      "made of characters of a URL's path, others as %XX" };
