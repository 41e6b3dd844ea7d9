/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text in and out. */
#include "json/canonical.h"

static int buf_add_dump(const char *bytes, size_t length, void *data)
{
	return buf_add(data, bytes, length) ? 0 : -1;
}

bool json_canonical(const json_t *value, struct buf *buf)
{
	size_t before = buf->len;

	if (json_dump_callback(value, buf_add_dump, buf,
			       JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) == 0)
		return true;
	buf->len = before;
	if (buf->data)
		buf->data[before] = '\0';
	return false;
}

struct position {
	unsigned line;
	size_t column;
};

static int error_at(struct error *err, enum error_code code, struct position at, const char *text)
{
	return error_set(err, code, "line %u, column %zu: %s", at.line, at.column, text);
}

/* The index of a string's closing quote, or the last index of a text that lacks one. */
static size_t string_end(const char *text, size_t length, size_t i)
{
	for (i++; i < length && text[i] != '"'; i++)
		if (text[i] == '\\')
			i++;
	return i < length ? i : length - 1;
}

/* jansson recurses and allocates as it reads, so that depth and size are held here, in one pass that
 * knows only strings, brackets and commas; the rest is jansson's to judge. */
static int text_within_ceilings(const char *text, size_t length, struct error *err)
{
	struct position at = { 1, 0 };
	size_t nodes = 1, line_start = 0;
	unsigned depth = 0;

	for (size_t i = 0; i < length; i++) {
		at.column = i - line_start + 1;
		switch (text[i]) {
		case '"':
			i = string_end(text, length, i);
			break;
		case '\n':
			at.line++;
			line_start = i + 1;
			break;
		case '[':
		case '{':
			nodes++;
			if (++depth > JSON_DEPTH_MAX)
				return error_at(err, ERROR_TOO_LARGE, at,
						"nested too deep; at most 64 levels are read");
			break;
		case ']':
		case '}':
			depth -= depth > 0;
			break;
		case ',':
			nodes++;
			break;
		}
		if (nodes > JSON_NODES_MAX)
			return error_at(err, ERROR_TOO_LARGE, at,
					"too many values; at most 1000000 are read");
	}
	return 0;
}

/* Where jansson's words say what is wrong in its own terms, or not what would be right. */
static void parse_error_text(const json_error_t *problem, struct buf *text)
{
	switch (json_error_code(problem)) {
	case json_error_numeric_overflow:
		buf_puts(text, "a number that 64 bits do not hold; write it as a string");
		return;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		buf_puts(text, "a string cannot hold the character NUL; remove it");
		return;
	case json_error_duplicate_key:
		buf_printf(text, "%s; keep one", problem->text);
		return;
	case json_error_invalid_utf8:
		buf_printf(text, "%s; save the text as UTF-8", problem->text);
		return;
	case json_error_end_of_input_expected:
		buf_printf(text, "%s; one value is read", problem->text);
		return;
	default:
		buf_puts(text, problem->text);
	}
}

int json_parse(const char *text, size_t length, json_t **ret, struct error *err)
{
	CLEANUP(buf_done) struct buf message = { 0 };
	json_error_t problem;
	struct position at;
	json_t *value;
	int r;

	r = text_within_ceilings(text, length, err);
	if (r < 0)
		return r;
	value = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
	if (value) {
		*ret = value;
		return 0;
	}
	at.line = problem.line > 0 ? (unsigned)problem.line : 1;
	at.column = problem.column > 0 ? (size_t)problem.column : 1;
	parse_error_text(&problem, &message);
	return error_at(err, ERROR_INVALID, at, buf_text(&message));
}
