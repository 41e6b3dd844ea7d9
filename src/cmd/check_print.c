/* SPDX-License-Identifier: Apache-2.0 */
/* What `kubelb check` says. */
#include "cmd/check_print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admission/admission.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/memory.h"
#include "base/str.h"

static int line_order(const void *a, const void *b)
{
	const struct check_line *x = a, *y = b;
	int order = strcmp(x->record->file, y->record->file);

	if (!order && x->record->line != y->record->line)
		order = x->record->line < y->record->line ? -1 : 1;
	return order ? order : strcmp(x->record->key, y->record->key);
}

static bool is_refused(const struct record *record)
{
	return record->result == RECORD_REFUSED;
}

static const char *shown(const char *text)
{
	return text ? text : "";
}

static void print_json(const struct check_line *line)
{
	const struct record *record = line->record;
	CLEANUP(json_decref)
	json_t *json =
		json_pack("{sosssssssosisssOsO}", "tenant", json_lossy(line->tenant), "kind",
			  shown(record->type), "namespace", shown(record->namespace), "name",
			  shown(record->name), "file", json_lossy(record->file), "line",
			  (int)record->line, "result", is_refused(record) ? "refused" : "admitted",
			  "causes", record->causes, "warnings", record->warnings);
	CLEANUP(free) char *text = json_compact(json);

	puts(text);
}

/* A file's name is the only text here that nobody has escaped before. */
static void put_text(const char *text)
{
	CLEANUP(buf_done) struct buf buf = { 0 };

	buf_put_visible(&buf, text);
	fputs(buf_text(&buf), stdout);
}

/* "refused   a: Ingress shop/web", or the file where nothing could be read. */
static void print_head(const struct check_line *line)
{
	const struct record *record = line->record;
	const char *namespace = shown(record->namespace);

	printf("%-9s ", is_refused(record) ? "refused" : "admitted");
	if (!record->type || !*record->type) {
		put_text(record->file);
		puts("");
		return;
	}
	put_text(line->tenant);
	fputs(*line->tenant ? ": " : "", stdout);
	put_text(record->type);
	putchar(' ');
	put_text(namespace);
	fputs(*namespace ? "/" : "", stdout);
	put_text(shown(record->name));
	puts("");
}

/* "    web.yaml:3: ", without the line where there is none. */
static void print_place(const char *file, unsigned line)
{
	fputs("    ", stdout);
	put_text(file);
	if (line)
		printf(":%u", line);
	fputs(": ", stdout);
}

static void print_text(const struct check_input *input, const struct check_line *line)
{
	const struct record *record = line->record;
	json_t *item;
	size_t i;

	if (!is_refused(record) && !json_array_size(record->warnings))
		return;
	print_head(line);
	json_array_foreach(record->causes, i, item) {
		const char *field = json_text(item, "field");

		print_place(record->file,
			    check_input_locate(input, record->file, record->line, field));
		put_text(field);
		fputs(*field ? ": " : "", stdout);
		put_text(json_text(item, "message"));
		printf(" [%s]\n", json_text(item, "rule"));
	}
	json_array_foreach(record->warnings, i, item) {
		print_place(record->file, record->line);
		fputs("warning: ", stdout);
		put_text(json_string_value(item));
		puts("");
	}
}

/* GitHub's workflow commands: a property also escapes what ends it. */
static void put_github(const char *text, bool property)
{
	for (; *text; text++) {
		if (*text == '%' || *text == '\r' || *text == '\n' ||
		    (property && (*text == ':' || *text == ',')))
			printf("%%%02X", (unsigned)*text);
		else
			putchar(*text);
	}
}

/* GitHub knows files by their path in the repository, without a leading "./". */
static void put_github_file(const char *file)
{
	put_github(str_has_prefix(file, "./") ? file + 2 : file, true);
}

static void print_github(const struct check_input *input, const struct check_line *line)
{
	const struct record *record = line->record;
	json_t *item;
	size_t i;

	json_array_foreach(record->causes, i, item) {
		const char *field = json_text(item, "field");

		fputs("::error file=", stdout);
		put_github_file(record->file);
		printf(",line=%u,title=",
		       check_input_locate(input, record->file, record->line, field));
		put_github(json_text(item, "rule"), true);
		fputs("::", stdout);
		put_github(field, false);
		fputs(*field ? ": " : "", stdout);
		put_github(json_text(item, "message"), false);
		puts("");
	}
	json_array_foreach(record->warnings, i, item) {
		fputs("::warning file=", stdout);
		put_github_file(record->file);
		printf(",line=%u::", record->line);
		put_github(json_string_value(item), false);
		puts("");
	}
}

static void print_summary(const struct check_lines *lines)
{
	size_t refused = 0;

	for (size_t i = 0; i < lines->count; i++)
		refused += is_refused(lines->items[i].record);
	printf("%zu object%s, %zu refused\n", lines->count, lines->count == 1 ? "" : "s", refused);
}

void check_print(const struct check_input *input, enum check_format format,
		 struct check_lines *lines)
{
	if (lines->count)
		qsort(lines->items, lines->count, sizeof(*lines->items), line_order);
	for (size_t i = 0; i < lines->count; i++) {
		switch (format) {
		case CHECK_TEXT:
			print_text(input, &lines->items[i]);
			break;
		case CHECK_JSON:
			print_json(&lines->items[i]);
			break;
		case CHECK_GITHUB:
			print_github(input, &lines->items[i]);
			break;
		}
	}
	if (format == CHECK_TEXT)
		print_summary(lines);
}

void check_print_rules(enum check_format format)
{
	for (const struct rule_info *rule = admission_rules; rule->id; rule++) {
		CLEANUP(json_decref)
		json_t *json = json_pack("{ssssss}", "rule", rule->id, "title", rule->title,
					 "allowed", rule->allowed);
		CLEANUP(free) char *text = json_compact(json);

		if (format == CHECK_JSON)
			puts(text);
		else
			printf("%-7s %s\n        allowed: %s\n", rule->id, rule->title,
			       rule->allowed);
	}
}
