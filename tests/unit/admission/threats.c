/* SPDX-License-Identifier: Apache-2.0 */
/* Runs tests/threats/t*.yaml (tests/threats/README says what such a file holds): every case as CREATE and
 * as UPDATE of the clean object, dry and real, by both webhooks, and what comes out once more. */
#include "admission/admission.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "tests/unit/admission/site.h"
#include "tests/unit/suite.h"
#include "json/patch.h"
#include "json/pointer.h"

#define EMBEDDED "/spec/source/kubernetes/"
#define EMBEDDED_FIELD "spec.source.kubernetes."
#define RIVAL "rival" /* who else is there: stands in cluster.yaml and in no case */

struct threat {
	const struct site *site;
	const json_t *request;	/* of the case; may be NULL */
	const json_t *expected; /* the case, or what it says of the UPDATE */
	json_t *object, *old;	/* old: of an UPDATE */
	struct buf *report;
	const char *name;
};

static void complain(struct threat *threat, const char *what, const json_t *got)
{
	CLEANUP(free) char *text = got ? json_dumps(got, JSON_ENCODE_ANY) : NULL;

	buf_printf(threat->report, "%s%s: %s %.2000s\n", threat->name,
		   threat->old ? " (UPDATE)" : "", what, text ? text : "");
}

/* "resource/metadata/name" and "/metadata/name". */
static void expand_pointer(const char *pointer, struct buf *ret)
{
	buf_printf(ret, "%s%s", *pointer == '/' || !*pointer ? "" : EMBEDDED, pointer);
}

/* `{$repeat: 3, $of: x}` is [x, x, x], `{$text: ab, $times: 3}` is "ababab", for what is too long to
 * be written out; a "#" in $of is the index. The caller's. */
static json_t *expand_value(const json_t *value)
{
	json_int_t count = json_integer_value(json_object_get(value, "$repeat"));
	json_int_t times = json_integer_value(json_object_get(value, "$times"));
	CLEANUP(buf_done) struct buf text = { 0 };
	json_t *list;

	if (times) {
		for (json_int_t i = 0; i < times; i++)
			buf_puts(&text, json_text(value, "$text"));
		return json_string(buf_text(&text));
	}
	if (!count)
		return json_deep_copy(value);
	list = json_array();
	for (json_int_t i = 0; i < count; i++) {
		CLEANUP(free)
		char *of = json_dumps(json_object_get(value, "$of"), JSON_ENCODE_ANY);

		buf_clear(&text);
		for (const char *c = of; *c; c++)
			if (*c == '#')
				buf_printf(&text, "%lld", (long long)i);
			else
				buf_putc(&text, *c);
		json_array_append_new(list, json_loads(buf_text(&text), JSON_DECODE_ANY, NULL));
	}
	return list;
}

/* Makes the objects above a pointer that are missing. */
static void make_parents(json_t *root, const char *pointer)
{
	CLEANUP(buf_done) struct buf token = { 0 };
	json_t *at = root;

	while (pointer_next(&pointer, &token) && *pointer) {
		json_t *next = json_is_object(at) ? json_object_get(at, buf_text(&token)) : NULL;
		size_t index;

		if (json_is_array(at) && pointer_index(buf_text(&token), &index))
			next = json_array_get(at, index);
		if (!next && json_is_object(at))
			json_object_set_new(at, buf_text(&token), next = json_object());
		at = next;
	}
}

/* Sets one value in *object; null removes what is there. */
static void set_value(json_t **object, const char *at, const json_t *value)
{
	CLEANUP(buf_done) struct buf pointer = { 0 };
	CLEANUP(json_decref) json_t *patch = json_array();
	json_t *changed = NULL;
	const char *op;
	struct error err;

	expand_pointer(at, &pointer);
	make_parents(*object, buf_text(&pointer));
	op = pointer_get(*object, buf_text(&pointer)) ? "replace" : "add";
	if (json_is_null(value))
		json_array_append_new(
			patch, json_pack("{ssss}", "op", "remove", "path", buf_text(&pointer)));
	else
		json_array_append_new(patch,
				      json_pack("{ssssso}", "op", op, "path", buf_text(&pointer),
						"value", expand_value(value)));
	ck_assert_msg(json_patch_apply(*object, patch, &changed, &err) == 0, "%s: %s", at,
		      err.text);
	json_decref(*object);
	*object = changed;
}

static void set_values(json_t **object, const json_t *values)
{
	const char *at;
	json_t *value;

	json_object_foreach((json_t *)values, at, value)
		set_value(object, at, value);
}

/* "RT003 Forbidden resource.metadata.namespace" */
static json_t *short_cause(const json_t *cause)
{
	const char *field = json_text(cause, "field"), *message = json_text(cause, "message");
	const char *rule = strrchr(message, '[') + 1;
	CLEANUP(buf_done) struct buf text = { 0 };

	if (str_has_prefix(field, EMBEDDED_FIELD))
		field += strlen(EMBEDDED_FIELD);
	buf_printf(&text, "%.*s %.*s %s", (int)strcspn(rule, "]"), rule, (int)strcspn(message, ":"),
		   message, field);
	return json_string(buf_text(&text));
}

static json_t *short_warning(const char *warning)
{
	const char *colon = strstr(warning, ": ");

	if (str_has_prefix(warning, EMBEDDED_FIELD))
		warning += strlen(EMBEDDED_FIELD);
	return json_stringn(warning, colon ? (size_t)(colon - warning) : strlen(warning));
}

static bool has_item(const json_t *list, const json_t *wanted)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
		if (json_equal(item, wanted))
			return true;
	return false;
}

static bool has_each(const json_t *list, const json_t *wanted)
{
	const json_t *item;
	size_t i;

	json_array_foreach(wanted, i, item)
		if (!has_item(list, item))
			return false;
	return true;
}

static void check_refusal(struct threat *threat, const json_t *reply)
{
	const json_t *refused = json_object_get(threat->expected, "refused");
	const json_t *including = json_object_get(threat->expected, "including");
	const json_t *says = json_object_get(threat->expected, "says");
	const json_t *status = json_at(reply, "response", "status", NULL), *cause;
	CLEANUP(json_decref) json_t *got = json_array();
	size_t i;

	json_array_foreach(json_at(status, "details", "causes", NULL), i, cause)
		json_array_append_new(got, short_cause(cause));
	if (!refused && !including)
		complain(threat, "should be allowed, is refused for", got);
	else if (refused && !json_equal(refused, got))
		complain(threat, "should be refused for other causes than", got);
	else if (including && !has_each(got, including))
		complain(threat, "is not refused for all that it should be, only for", got);
	if (says && !strstr(json_text(status, "message"), json_string_value(says)))
		complain(threat, "does not say what it should but", status);
}

static void check_mutated(struct threat *threat, const json_t *object)
{
	const char *at;
	json_t *wanted;

	json_object_foreach(json_object_get(threat->expected, "becomes"), at, wanted) {
		CLEANUP(buf_done) struct buf pointer = { 0 };
		const json_t *got;

		expand_pointer(at, &pointer);
		got = pointer_get(object, buf_text(&pointer));
		if (json_is_null(wanted) ? got != NULL : !json_equal(got, wanted))
			complain(threat, buf_text(&pointer), got);
	}
}

static void check_admitted(struct threat *threat, const json_t *reply, const json_t *review)
{
	CLEANUP(json_decref) json_t *object = reply_object(reply, review);
	CLEANUP(json_decref) json_t *got = json_array();
	const json_t *warned = json_object_get(threat->expected, "warned"), *warning;
	size_t i;

	if (json_object_get(threat->expected, "refused") ||
	    json_object_get(threat->expected, "including")) {
		complain(threat, "should be refused, becomes", object);
		return;
	}
	json_array_foreach(json_at(reply, "response", "warnings", NULL), i, warning)
		json_array_append_new(got, short_warning(json_string_value(warning)));
	if (json_is_true(warned)      ? !json_array_size(got)
	    : json_array_size(warned) ? !json_equal(warned, got)
				      : json_array_size(got) > 0)
		complain(threat, "is warned of", got);
	check_mutated(threat, object);
}

/* What came out is admitted as it is. */
static void check_again(struct threat *threat, const json_t *reply, const json_t *review)
{
	CLEANUP(json_decref) json_t *object = NULL;
	CLEANUP(json_decref) json_t *again = NULL;
	CLEANUP(json_decref) json_t *second = NULL;

	if (!reply_allows(reply) || !json_has(json_object_get(review, "request"), "object"))
		return;
	object = reply_object(reply, review);
	again = json_deep_copy(review);
	json_object_set(json_object_get(again, "request"), "object", object);
	second = site_ask(threat->site, again, false);
	if (!reply_allows(second) || json_at(second, "response", "patch", NULL))
		complain(threat, "mutated once more it changes again", second);
}

static void check_others(struct threat *threat, const json_t *reply, const json_t *review)
{
	CLEANUP(json_decref) json_t *dry = json_deep_copy(review);
	CLEANUP(json_decref) json_t *dry_reply = NULL;
	CLEANUP(json_decref) json_t *validated = site_ask(threat->site, review, true);
	CLEANUP(free) char *text = json_dumps(reply, 0);

	json_object_set_new(json_object_get(dry, "request"), "dryRun", json_true());
	dry_reply = site_ask(threat->site, dry, false);
	if (!json_equal(reply, dry_reply))
		complain(threat, "a dry run is answered otherwise", dry_reply);
	if (reply_allows(validated) != reply_allows(reply) ||
	    (!reply_allows(reply) && !json_equal(json_at(validated, "response", "status", NULL),
						 json_at(reply, "response", "status", NULL))))
		complain(threat, "the validating webhook answers otherwise", validated);
	if (strstr(text, RIVAL))
		complain(threat, "names another tenant", reply);
}

static void run_once(struct threat *threat)
{
	bool deletes = str_equal(json_text(threat->request, "operation"), "DELETE");
	CLEANUP(json_decref)
	json_t *review = review_make(deletes ? NULL : threat->object,
				     deletes ? threat->object : threat->old, threat->request);
	CLEANUP(json_decref) json_t *reply = site_ask(threat->site, review, false);

	if (!reply) {
		if (!json_is_true(json_object_get(threat->expected, "unanswerable")))
			complain(threat, "cannot be answered", NULL);
		return;
	}
	if (json_is_true(json_object_get(threat->expected, "unanswerable")))
		complain(threat, "should not be answered", reply);
	if (reply_allows(reply))
		check_admitted(threat, reply, review);
	else
		check_refusal(threat, reply);
	check_others(threat, reply, review);
	check_again(threat, reply, review);
}

/* The object as it would be stored: what the chain made of the clean one. */
static json_t *clean_object(const struct site *site, const json_t *test)
{
	const char *base = json_text(test, "base");
	CLEANUP(buf_done) struct buf name = { 0 };
	CLEANUP(json_decref) json_t *object = NULL;
	CLEANUP(json_decref) json_t *review = NULL;
	CLEANUP(json_decref) json_t *reply = NULL;

	buf_printf(&name, "base/%s", base ? base : "load_balancer");
	object = site_read(buf_text(&name));
	set_values(&object, json_object_get(test, "before"));
	review = review_make(object, NULL, json_object_get(test, "operator"));
	reply = site_ask(site, review, false);
	if (!reply_allows(reply))
		return json_incref(object);
	return reply_object(reply, review);
}

/* One case with one of its values: created, and then as an UPDATE from the clean object. */
static void run_value(struct threat threat, const json_t *test, const json_t *value)
{
	const json_t *update = json_object_get(test, "update");
	const char *only = json_text(test, "only");
	CLEANUP(json_decref) json_t *clean = clean_object(threat.site, test);
	json_t *object = json_deep_copy(clean);

	set_values(&object, json_object_get(test, "set"));
	if (value)
		set_value(&object, json_text(test, "at"), value);
	threat.object = object;
	threat.expected = test;
	if (!str_equal(only, "UPDATE"))
		run_once(&threat);
	threat.old = clean;
	threat.expected = json_is_object(update) ? update : test;
	if (!str_equal(only, "CREATE") && !json_has(threat.request, "operation"))
		run_once(&threat);
	json_decref(object);
}

/* One item of `values` or of `requests`. */
static void run_item(struct threat threat, const json_t *test, const char *list, const json_t *item)
{
	CLEANUP(buf_done) struct buf name = { 0 };
	CLEANUP(free) char *text = json_dumps(item, JSON_ENCODE_ANY);
	bool is_request = str_equal(list, "requests");

	buf_printf(&name, "%s: %.80s", threat.name, text);
	threat.name = buf_text(&name);
	if (is_request)
		threat.request = item;
	run_value(threat, test, is_request ? NULL : item);
}

static void run_case(const json_t *test, const char *file, struct buf *report)
{
	static const char *const lists[] = { "values", "requests" };
	struct site site;
	struct threat threat = { .site = &site,
				 .name = json_text(test, "name"),
				 .request = json_object_get(test, "request"),
				 .report = report };
	const json_t *item;
	size_t i;

	ck_assert_msg(threat.name, "%s: a case without a name", file);
	site_init(&site, json_object_get(test, "tenant"));
	for (size_t list = 0; list < sizeof(lists) / sizeof(*lists); list++)
		json_array_foreach(json_object_get(test, lists[list]), i, item)
			run_item(threat, test, lists[list], item);
	if (!json_object_get(test, "values") && !json_object_get(test, "requests"))
		run_value(threat, test, NULL);
	site_done(&site);
}

static int is_row(const struct dirent *entry)
{
	return entry->d_name[0] == 't' && strstr(entry->d_name, ".yaml") != NULL;
}

START_TEST(threat_each_row_as_expected)
{
	CLEANUP(buf_done) struct buf report = { 0 };
	struct dirent **entries;
	int count = scandir(TEST_DATA "/threats", &entries, is_row, alphasort);
	const char *wanted = getenv("THREAT"); /* "t38": this row alone */

	ck_assert_int_gt(count, 0);
	for (int i = 0; i < count; i++) {
		CLEANUP(buf_done) struct buf name = { 0 };
		CLEANUP(json_decref) json_t *row = NULL;
		const json_t *test;
		size_t j;

		buf_printf(&name, "%.*s", (int)strcspn(entries[i]->d_name, "."),
			   entries[i]->d_name);
		free(entries[i]);
		if (wanted && !str_has_prefix(buf_text(&name), wanted))
			continue;
		row = site_read(buf_text(&name));
		json_array_foreach(json_object_get(row, "cases"), j, test)
			run_case(test, buf_text(&name), &report);
	}
	free(entries);
	fputs(buf_text(&report), stderr);
	ck_assert_msg(!report.len, "%.2000s", buf_text(&report));
}
END_TEST

SUITE(admission_threats, threat_each_row_as_expected)
