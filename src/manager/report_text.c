/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the report as people read it. */
#include "manager/report_text.h"

#include "base/buf.h"

/* A value in a line for people, where a control character would pass for one of ours. */
static void add_value(struct buf *buf, const char *text)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			buf_printf(buf, "\\x%02x", (unsigned char)*c);
		else
			buf_putc(buf, *c);
	}
}

static void add_cause(struct buf *buf, const json_t *cause)
{
	const char *rule = json_text(cause, "rule"), *field = json_text(cause, "field");

	buf_puts(buf, "    ");
	add_value(buf, field);
	buf_puts(buf, *field ? ": " : "");
	add_value(buf, json_text(cause, "message"));
	buf_printf(buf, "%s%s%s\n", *rule ? " [" : "", rule, *rule ? "]" : "");
}

char *report_text(const json_t *line)
{
	const char *tenant = json_text(line, "tenant"), *namespace = json_text(line, "namespace");
	CLEANUP(buf_done) struct buf buf = { 0 };
	json_t *item;
	size_t i;

	buf_printf(&buf, "%-10s %s%s", json_text(line, "result"), tenant, *tenant ? ": " : "");
	add_value(&buf, json_text(line, "kind"));
	buf_putc(&buf, ' ');
	add_value(&buf, namespace);
	buf_puts(&buf, *namespace ? "/" : "");
	add_value(&buf, json_text(line, "name"));
	buf_puts(&buf, "  (");
	add_value(&buf, json_text(line, "file"));
	buf_printf(&buf, ":%lld)", (long long)json_integer_value(json_object_get(line, "line")));
	json_array_foreach(json_object_get(line, "addresses"), i, item)
		buf_printf(&buf, " %s:%lld/%s", json_text(item, "ip"),
			   (long long)json_integer_value(json_object_get(item, "port")),
			   json_text(item, "protocol"));
	buf_putc(&buf, '\n');
	json_array_foreach(json_object_get(line, "causes"), i, item)
		add_cause(&buf, item);
	json_array_foreach(json_object_get(line, "warnings"), i, item) {
		buf_puts(&buf, "    warning: ");
		add_value(&buf, json_string_value(item));
		buf_putc(&buf, '\n');
	}
	return buf_take(&buf);
}
