/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the report as people read it. */
#include "manager/report_text.h"

#include "base/buf.h"

static void add_cause(struct buf *buf, const json_t *cause)
{
	const char *rule = json_text(cause, "rule"), *field = json_text(cause, "field");

	buf_puts(buf, "    ");
	buf_put_visible(buf, field);
	buf_puts(buf, *field ? ": " : "");
	buf_put_visible(buf, json_text(cause, "message"));
	buf_printf(buf, "%s%s%s\n", *rule ? " [" : "", rule, *rule ? "]" : "");
}

char *report_text(const json_t *line)
{
	const char *tenant = json_text(line, "tenant"), *namespace = json_text(line, "namespace");
	CLEANUP(buf_done) struct buf buf = { 0 };
	json_t *item;
	size_t i;

	buf_printf(&buf, "%-10s %s%s", json_text(line, "result"), tenant, *tenant ? ": " : "");
	buf_put_visible(&buf, json_text(line, "kind"));
	buf_putc(&buf, ' ');
	buf_put_visible(&buf, namespace);
	buf_puts(&buf, *namespace ? "/" : "");
	buf_put_visible(&buf, json_text(line, "name"));
	buf_puts(&buf, "  (");
	buf_put_visible(&buf, json_text(line, "file"));
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
		buf_put_visible(&buf, json_string_value(item));
		buf_putc(&buf, '\n');
	}
	return buf_take(&buf);
}
