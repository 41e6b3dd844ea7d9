/* SPDX-License-Identifier: Apache-2.0 */
/* One strict pass over the bytes of a JSON text. */
#include "json/scan.h"

#include <endian.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "json/measure.h"
#include "json/scan_internal.h"
#include "json/utf8.h"

#define NUMBER_MAX 512 /* characters */

struct scanner {
	const char *text, *at, *end;
	struct scan_node *nodes;
	size_t count, size, values;
	uint32_t open[JSON_DEPTH_MAX]; /* the arrays and objects around `at` */
	unsigned depth;
	bool fresh; /* the innermost of them was opened just now */
	enum scan_integers integers;
	/* What is wrong, at `at`. */
	enum error_code code;
	const char *fault;
};

static bool fault(struct scanner *s, const char *text)
{
	s->code = ERROR_INVALID;
	s->fault = text;
	return false;
}

static bool fault_at(struct scanner *s, const char *at, const char *text)
{
	s->at = at;
	return fault(s, text);
}

static bool too_large(struct scanner *s, const char *text)
{
	fault(s, text);
	s->code = ERROR_TOO_LARGE;
	return false;
}

static uint32_t offset(const struct scanner *s, const char *at)
{
	return (uint32_t)(at - s->text);
}

static struct scan_node *add_node(struct scanner *s, enum scan_type type, const char *start)
{
	struct scan_node *node;

	if (s->count == s->size) {
		s->size *= 2;
		s->nodes = memory_resize(s->nodes, s->size, sizeof(*s->nodes));
	}
	node = &s->nodes[s->count++];
	*node = (struct scan_node){ .start = offset(s, start),
				    .next = (uint32_t)s->count,
				    .type = (uint8_t)type };
	return node;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_space(struct scanner *s)
{
	while (s->at < s->end && is_space(*s->at))
		s->at++;
}

#define EACH_BYTE 0x0101010101010101u
#define EACH_TOP 0x8080808080808080u

/* Up to the first byte that ends a string, needs a look, or has none to itself: eight at a time. */
static const char *skip_plain(const char *at, const char *end)
{
	while (end - at >= 8) {
		uint64_t bytes, quote, backslash, special;

		memcpy(&bytes, at, sizeof(bytes));
		bytes = le64toh(bytes);
		quote = bytes ^ EACH_BYTE * '"';
		backslash = bytes ^ EACH_BYTE * '\\';
		special = (bytes | (bytes - EACH_BYTE * 0x20) | (quote - EACH_BYTE) |
			   (backslash - EACH_BYTE)) &
			  EACH_TOP;
		if (special)
			break;
		at += 8;
	}
	while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' &&
	       *at != '\\')
		at++;
	return at;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits; -1: there are none. */
static int32_t read_hex(const char *at, const char *end)
{
	int32_t value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(at[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* Behind "\u". */
static const char *skip_unicode(struct scanner *s, const char *at)
{
	int32_t unit = read_hex(at, s->end), low;

	if (unit < 0) {
		fault_at(s, at, "'\\u' must be followed by four hexadecimal digits");
		return NULL;
	}
	if (!unit) {
		fault_at(s, at, "a string cannot hold the character NUL; remove it");
		return NULL;
	}
	at += 4;
	if (unit < 0xd800 || unit > 0xdfff)
		return at;
	low = unit < 0xdc00 && s->end - at >= 6 && at[0] == '\\' && at[1] == 'u'
		      ? read_hex(at + 2, s->end)
		      : -1;
	if (low < 0xdc00 || low > 0xdfff) {
		fault_at(s, at, "half of a surrogate pair; write both or neither");
		return NULL;
	}
	return at + 6;
}

/* At a backslash. */
static const char *skip_escape(struct scanner *s, const char *at)
{
	if (s->end - at < 2) {
		fault_at(s, s->end, "the text ends inside a string");
		return NULL;
	}
	if (at[1] == 'u')
		return skip_unicode(s, at + 2);
	if (at[1] && strchr("\"\\/bfnrt", at[1]))
		return at + 2;
	fault_at(s, at, "a backslash must be followed by one of \" \\ / b f n r t u");
	return NULL;
}

static const char *skip_special(struct scanner *s, const char *at)
{
	size_t length;

	if (at == s->end) {
		fault_at(s, at, "the text ends inside a string");
		return NULL;
	}
	if (*at == '\\')
		return skip_escape(s, at);
	if ((unsigned char)*at < 0x20) {
		fault_at(s, at,
			 *at ? "a control character in a string must be written as '\\uXXXX'"
			     : "a string cannot hold the character NUL; remove it");
		return NULL;
	}
	length = utf8_length(at, (size_t)(s->end - at));
	if (!length) {
		fault_at(s, at, "a byte that is no UTF-8; save the text as UTF-8");
		return NULL;
	}
	return at + length;
}

/* At a quote. */
static bool read_string(struct scanner *s)
{
	const char *start = s->at + 1, *at = skip_plain(start, s->end);
	struct scan_node *node;
	bool escaped = false;

	while (at == s->end || *at != '"') {
		escaped |= at < s->end && *at == '\\';
		at = skip_special(s, at);
		if (!at)
			return false;
		at = skip_plain(at, s->end);
	}
	node = add_node(s, SCAN_STRING, start);
	node->length = offset(s, at) - node->start;
	node->escaped = escaped;
	s->at = at + 1;
	return true;
}

static const char *skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* The whole lexical form of a number at *at, which moves behind it; NULL, or what is wrong. */
static const char *skip_number(const char **at, const char *end, bool *ret_integer)
{
	const char *digits = *at + (**at == '-');
	const char *next = skip_digits(digits, end);

	*ret_integer = true;
	*at = next;
	if (next == digits)
		return "a minus must be followed by a digit";
	if (*digits == '0' && next - digits > 1)
		return "a number must not begin with 0 and more digits";
	if (next < end && *next == '.') {
		*ret_integer = false;
		*at = skip_digits(next + 1, end);
		if (*at == next + 1)
			return "a decimal point must be followed by a digit";
		next = *at;
	}
	if (next < end && (*next == 'e' || *next == 'E')) {
		*ret_integer = false;
		next++;
		next += next < end && (*next == '+' || *next == '-');
		*at = skip_digits(next, end);
		if (*at == next)
			return "an exponent must be followed by a digit";
	}
	return NULL;
}

static bool integer_is_held(const char *number, size_t length)
{
	if (length <= 18)
		return true;
	errno = 0;
	strtoll(number, NULL, 10);
	return errno == 0;
}

static bool read_number(struct scanner *s)
{
	const char *start = s->at, *at = s->at;
	char number[NUMBER_MAX + 1];
	struct scan_node *node;
	bool integer;
	const char *wrong = skip_number(&at, s->end, &integer);
	size_t length = (size_t)(at - start);

	if (wrong)
		return fault_at(s, at, wrong);
	if (length > NUMBER_MAX)
		return fault(s, "a number of more than 512 characters; write it as a string");
	memcpy(number, start, length);
	number[length] = '\0';
	if (integer && !integer_is_held(number, length)) {
		if (s->integers == SCAN_INTEGERS_HELD)
			return fault(s, "a number that 64 bits do not hold; write it as a string");
		integer = false;
	}
	if (!integer && isinf(strtod(number, NULL)))
		return fault(s, "a number that 64 bits do not hold; write it as a string");
	node = add_node(s, integer ? SCAN_INTEGER : SCAN_REAL, start);
	node->length = (uint32_t)length;
	s->at = at;
	return true;
}

static bool read_word(struct scanner *s, const char *word, enum scan_type type)
{
	size_t length = strlen(word);

	if ((size_t)(s->end - s->at) < length || memcmp(s->at, word, length) != 0)
		return fault(s, "no JSON value; text stands in double quotes");
	add_node(s, type, s->at)->length = (uint32_t)length;
	s->at += length;
	return true;
}

static bool open_container(struct scanner *s, enum scan_type type)
{
	if (s->depth == JSON_DEPTH_MAX)
		return too_large(s, "nested too deep; at most 64 levels are read");
	s->open[s->depth++] = (uint32_t)s->count;
	add_node(s, type, s->at++);
	s->fresh = true;
	return true;
}

static bool read_value(struct scanner *s)
{
	skip_space(s);
	s->fresh = false;
	if (s->at == s->end)
		return fault(s, "the text ends where a value should stand");
	if (++s->values > JSON_NODES_MAX)
		return too_large(s, "too many values; at most 1000000 are read");
	switch (*s->at) {
	case '{':
		return open_container(s, SCAN_OBJECT);
	case '[':
		return open_container(s, SCAN_ARRAY);
	case '"':
		return read_string(s);
	case 't':
		return read_word(s, "true", SCAN_TRUE);
	case 'f':
		return read_word(s, "false", SCAN_FALSE);
	case 'n':
		return read_word(s, "null", SCAN_NULL);
	default:
		if (*s->at == '-' || (*s->at >= '0' && *s->at <= '9'))
			return read_number(s);
		return fault(s, "no JSON value; text stands in double quotes");
	}
}

static bool close_container(struct scanner *s)
{
	struct scan_node *node = &s->nodes[s->open[--s->depth]];
	const struct scan scan = { .text = s->text, .nodes = s->nodes, .count = s->count };
	const struct scan_node *twin;

	s->at++;
	s->fresh = false;
	node->next = (uint32_t)s->count;
	node->length = offset(s, s->at) - node->start;
	twin = node->type == SCAN_OBJECT ? scan_duplicate_key(&scan, node) : NULL;
	return !twin || fault_at(s, s->text + twin->start, "a key that is there already; keep one");
}

static bool read_key(struct scanner *s)
{
	if (s->at == s->end || *s->at != '"')
		return fault(s, "a key in double quotes should stand here");
	if (!read_string(s))
		return false;
	skip_space(s);
	if (s->at == s->end || *s->at != ':')
		return fault(s, "a ':' should stand here");
	s->at++;
	return true;
}

/* The next member or item of the innermost array or object, or its end. */
static bool read_next(struct scanner *s)
{
	bool is_object = s->nodes[s->open[s->depth - 1]].type == SCAN_OBJECT;

	skip_space(s);
	if (s->at == s->end)
		return fault(s, is_object ? "the text ends inside an object; '}' is missing"
					  : "the text ends inside a list; ']' is missing");
	if (*s->at == (is_object ? '}' : ']'))
		return close_container(s);
	if (!s->fresh) {
		if (*s->at != ',')
			return fault(s, is_object ? "a ',' or '}' should stand here"
						  : "a ',' or ']' should stand here");
		s->at++;
		skip_space(s);
	}
	if (is_object && !read_key(s))
		return false;
	return read_value(s);
}

static bool read_document(struct scanner *s)
{
	if (!read_value(s))
		return false;
	while (s->depth)
		if (!read_next(s))
			return false;
	skip_space(s);
	return s->at == s->end || fault(s, "something behind the value; one value is read");
}

/* Columns count characters. */
static int tell_fault(const struct scanner *s, struct error *err)
{
	size_t line = 1, column = 1;

	for (const char *at = s->text; at < s->at; at++) {
		if (*at == '\n') {
			line++;
			column = 0;
		}
		column += ((unsigned char)*at & 0xc0) != 0x80;
	}
	return error_set(err, s->code, "line %zu, column %zu: %s", line, column, s->fault);
}

int scan_text(const char *text, size_t length, enum scan_integers integers, struct scan *ret,
	      struct error *err)
{
	struct scanner s = {
		.text = text,
		.at = text,
		.end = text + length,
		.size = length / 8 + 16,
		.integers = integers,
	};

	if (length > JSON_BYTES_MAX)
		return error_set(err, ERROR_TOO_LARGE, "a text of %zu bytes; at most %lu are read",
				 length, JSON_BYTES_MAX);
	s.nodes = memory_resize(NULL, s.size, sizeof(*s.nodes));
	if (!read_document(&s)) {
		free(s.nodes);
		return tell_fault(&s, err);
	}
	*ret = (struct scan){ .text = text, .nodes = s.nodes, .count = s.count };
	return 0;
}

void scan_done(struct scan *scan)
{
	free(scan->nodes);
	scan->nodes = NULL;
	scan->count = 0;
}
