/* SPDX-License-Identifier: Apache-2.0 */
/* One decision as a line of JSON for the audit log. */
#include "manager/audit_line.h"

#include <string.h>

#include "api/metadata.h"
#include "base/str.h"

/* What is told of a text that a caller chose, and of a list of causes. */
#define TEXT_MAX 256
#define CAUSES_MAX 64

/* The code point at *text, which moves on; what is no UTF-8 is U+FFFD, a byte at a time. */
static unsigned code_point(const char **text)
{
	const unsigned char *c = (const unsigned char *)*text;
	unsigned length = *c >= 0xf0 ? 4 : *c >= 0xe0 ? 3 : *c >= 0xc0 ? 2 : 1;
	unsigned code = length == 1 ? *c : *c & (0x7fU >> length);

	if (length == 1 && *c >= 0x80)
		code = 0xfffd;
	for (unsigned i = 1; i < length; i++) {
		if ((c[i] & 0xc0) != 0x80) {
			length = 1;
			code = 0xfffd;
			break;
		}
		code = code << 6 | (c[i] & 0x3fU);
	}
	*text += length;
	return code;
}

static void put_code_point(struct buf *buf, unsigned code)
{
	if (code == '"' || code == '\\')
		buf_printf(buf, "\\%c", (char)code);
	else if (code >= 0x20 && code < 0x7f)
		buf_putc(buf, (char)code);
	else if (code < 0x10000)
		buf_printf(buf, "\\u%04x", code);
	else
		buf_printf(buf, "\\u%04x\\u%04x", 0xd800 + ((code - 0x10000) >> 10 & 0x3ff),
			   0xdc00 + ((code - 0x10000) & 0x3ff));
}

static void put_string(struct buf *buf, const char *text)
{
	const char *end = text + strnlen(text, TEXT_MAX);
	bool cut = *end != '\0';

	buf_putc(buf, '"');
	while (text < end) {
		size_t plain = 0;

		while (text + plain < end && text[plain] >= 0x20 && text[plain] < 0x7f &&
		       text[plain] != '"' && text[plain] != '\\')
			plain++;
		buf_add(buf, text, plain);
		text += plain;
		if (text < end)
			put_code_point(buf, code_point(&text));
	}
	buf_puts(buf, cut ? "...\"" : "\"");
}

/* One more member of an object that has members already; nothing for an empty text. */
static void put_member(struct buf *buf, const char *key, const char *text)
{
	if (str_is_empty(text))
		return;
	buf_printf(buf, ",\"%s\":", key);
	put_string(buf, text);
}

static void put_head(struct buf *buf, const struct timespec *now, const char *webhook)
{
	struct tm utc;

	gmtime_r(&now->tv_sec, &utc);
	buf_printf(buf, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ\",\"webhook\":\"%s\"",
		   utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
		   utc.tm_sec, now->tv_nsec / 1000, webhook);
}

static bool is_first_of_rule(const struct problems *problems, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (str_equal(problems->items[i].rule, problems->items[index].rule))
			return false;
	return true;
}

static void put_problems(struct buf *buf, const struct problems *problems)
{
	size_t count = problems->count < CAUSES_MAX ? problems->count : CAUSES_MAX;
	const char *separator = "";

	buf_puts(buf, ",\"rules\":[");
	for (size_t i = 0; i < problems->count; i++) {
		if (!is_first_of_rule(problems, i))
			continue;
		buf_puts(buf, separator);
		put_string(buf, problems->items[i].rule);
		separator = ",";
	}
	buf_puts(buf, "],\"causes\":[");
	for (size_t i = 0; i < count; i++) {
		buf_puts(buf, i ? ",{\"rule\":" : "{\"rule\":");
		put_string(buf, problems->items[i].rule);
		put_member(buf, "field", problems->items[i].field);
		buf_putc(buf, '}');
	}
	buf_printf(buf, "],\"causesOmitted\":%zu", problems->count - count);
}

static void put_what(struct buf *buf, const struct admission_outcome *outcome)
{
	put_member(buf, "uid", outcome->uid);
	put_member(buf, "operation", outcome->operation);
	put_member(buf, "kind", kind_info(outcome->kind)->kind);
	put_member(buf, "namespace", outcome->namespace);
	put_member(buf, "name", outcome->name);
	put_member(buf, "subresource", outcome->subresource);
	put_member(buf, "tenant", tenant_of_namespace(outcome->namespace));
	put_member(buf, "user", outcome->user);
}

void audit_line(struct buf *ret, const struct timespec *now, const char *webhook,
		const struct admission_outcome *outcome, uint64_t duration_ns)
{
	put_head(ret, now, webhook);
	put_what(ret, outcome);
	buf_printf(ret, ",\"dryRun\":%s,\"allowed\":%s", outcome->dry_run ? "true" : "false",
		   outcome->allowed ? "true" : "false");
	if (!outcome->allowed)
		put_problems(ret, &outcome->problems);
	buf_printf(ret, ",\"warnings\":%zu,\"patchOperations\":%zu,\"durationSeconds\":%.6f}\n",
		   outcome->problems.warnings.count, outcome->patch_operations,
		   (double)duration_ns / 1e9);
}

void audit_line_unanswered(struct buf *ret, const struct timespec *now, const char *webhook,
			   const char *resource, unsigned status, uint64_t duration_ns)
{
	put_head(ret, now, webhook);
	put_member(ret, "resource", resource);
	buf_printf(ret, ",\"allowed\":false,\"status\":%u,\"durationSeconds\":%.6f}\n", status,
		   (double)duration_ns / 1e9);
}
