/* SPDX-License-Identifier: Apache-2.0 */
/* A case is a folder of tests/forward: in.yaml holds the tenant's objects, out.json what becomes of
 * them; UPDATE_CASES=1 writes it anew. A case that ends with "-any-class" is judged as `check` does. */
#include "ccm/forward.h"

#include <stdlib.h>
#include <string.h>

#include "api/route.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "tests/unit/json/cases.h"
#include "tests/unit/suite.h"
#include "json/canonical.h"
#include "json/yaml.h"

#define INPUTS_MAX 64

struct run {
	struct forward_input inputs[INPUTS_MAX];
	struct forward_outcome outcomes[INPUTS_MAX];
	size_t count;
	struct forward_list list;
};

static const char *const results[] = {
	[FORWARD_SENT] = "sent", [FORWARD_CARRIED] = "carried", [FORWARD_IGNORED] = "ignored"
};

static json_t *outcome_json(const struct forward_input *input,
			    const struct forward_outcome *outcome)
{
	const json_t *metadata = json_object_get(input->object, "metadata");
	json_t *json = json_object(), *warnings = json_array();

	json_object_set_new(json, "object",
			    json_sprintf("%s %s/%s", json_text(input->object, "kind"),
					 json_text(metadata, "namespace")
						 ? json_text(metadata, "namespace")
						 : "",
					 json_text(metadata, "name")));
	json_object_set_new(json, "result", json_string(results[outcome->result]));
	json_put_text(json, "reason", outcome->reason);
	for (size_t i = 0; i < outcome->warnings.count; i++)
		json_array_append_new(warnings, json_string(outcome->warnings.items[i]));
	if (json_array_size(warnings))
		json_object_set(json, "warnings", warnings);
	json_decref(warnings);
	return json;
}

/* The hub object, and what the chain would say of it, by the user's own field. */
static json_t *forwarded_json(struct arena *arena, const struct forwarded *forwarded)
{
	struct problems problems = { .arena = arena };
	json_t *json = json_pack("{sO}", "object", forwarded->object), *list;

	if (forwarded->kind == KIND_ROUTE)
		route_decode(forwarded->object, UNKNOWN_REFUSED, &problems);
	else
		shape_decode(kind_info(forwarded->kind)->shape, forwarded->object, UNKNOWN_REFUSED,
			     NULL, &problems);
	if (!problems.count)
		return json;
	list = json_array();
	for (size_t i = 0; i < problems.count; i++)
		json_array_append_new(
			list, json_pack("{ssss}", "field", problems.items[i].field, "origin",
					forward_field(arena, forwarded, problems.items[i].field)));
	json_object_set_new(json, "problems", list);
	return json;
}

static int by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* A list whose order says nothing, sorted. */
static json_t *sorted(struct arena *arena, json_t *list)
{
	size_t count = json_array_size(list);
	const char **texts = arena_alloc(arena, count, sizeof(*texts));
	json_t *result = json_array();

	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_done) struct buf text = { 0 };

		json_canonical(json_array_get(list, i), &text);
		texts[i] = arena_strdup(arena, buf_text(&text));
	}
	qsort(texts, count, sizeof(*texts), by_text);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(result, json_loads(texts[i], 0, NULL));
	json_decref(list);
	return result;
}

static char *run_text(struct run *run, struct arena *arena, bool any_class)
{
	const struct forward_options options = { .tenant = "x", .any_class = any_class };
	json_t *outcomes = json_array(), *objects = json_array();
	CLEANUP(json_decref) json_t *all = NULL;
	char *text;

	forward(&options, run->inputs, run->count, arena, run->outcomes, &run->list);
	for (size_t i = 0; i < run->count; i++)
		json_array_append_new(outcomes, outcome_json(&run->inputs[i], &run->outcomes[i]));
	for (size_t i = 0; i < run->list.count; i++)
		json_array_append_new(objects, forwarded_json(arena, &run->list.items[i]));
	all = json_pack("{soso}", "outcomes", sorted(arena, outcomes), "objects",
			sorted(arena, objects));
	text = json_dumps(all, JSON_INDENT(2));
	arena_adopt(arena, text, free);
	return text;
}

static void run_init(struct run *run, const struct yaml_documents *documents)
{
	*run = (struct run){ .count = documents->count };
	ck_assert_uint_le(run->count, INPUTS_MAX);
	for (size_t i = 0; i < run->count; i++)
		run->inputs[i] = (struct forward_input){ kind_of(documents->items[i].root),
							 documents->items[i].root };
}

static void rotate(struct run *run)
{
	struct forward_input first = run->inputs[0];

	memmove(&run->inputs[0], &run->inputs[1], (run->count - 1) * sizeof(first));
	run->inputs[run->count - 1] = first;
}

static void reverse(struct run *run)
{
	for (size_t i = 0; i < run->count / 2; i++) {
		struct forward_input kept = run->inputs[i];

		run->inputs[i] = run->inputs[run->count - 1 - i];
		run->inputs[run->count - 1 - i] = kept;
	}
}

static void load(const char *path, struct yaml_documents *ret)
{
	CLEANUP(buf_free) struct buf *text = case_read(path, "/in.yaml");
	struct error err;

	ck_assert_msg(text != NULL, "%s/in.yaml is missing", path);
	ck_assert_msg(yaml_read(buf_text(text), text->len, ret, &err) == 0, "%s: %s", path,
		      err.text);
}

static void compare(const char *path, const char *got)
{
	CLEANUP(buf_done) struct buf name = { 0 };
	CLEANUP(buf_free) struct buf *wanted = NULL;
	struct error err;

	if (getenv("UPDATE_CASES")) {
		buf_printf(&name, "%s/out.json", path);
		ck_assert_msg(file_write(buf_text(&name), got, strlen(got), 0644, &err) == 0, "%s",
			      err.text);
	}
	wanted = case_read(path, "/out.json");
	ck_assert_msg(wanted != NULL, "%s/out.json is missing", path);
	ck_assert_msg(str_equal(buf_text(wanted), got), "%s: got %s", path, got);
}

static bool is_case(const char *path)
{
	return strrchr(path, '/')[1] != '.';
}

static void run_case(const char *path)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	bool any_class = str_has_suffix(path, "-any-class");
	struct run run;

	if (!is_case(path))
		return;
	load(path, &documents);
	run_init(&run, &documents);
	compare(path, run_text(&run, arena, any_class));
}

START_TEST(cases_as_expected)
{
	cases_run("forward", "", run_case);
}
END_TEST

static void run_case_in_other_orders(const char *path)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	bool any_class = str_has_suffix(path, "-any-class");
	const char *wanted;
	struct run run;

	if (!is_case(path))
		return;
	load(path, &documents);
	run_init(&run, &documents);
	wanted = run_text(&run, arena, any_class);
	for (size_t i = 0; i < run.count; i++) {
		rotate(&run);
		ck_assert_msg(str_equal(run_text(&run, arena, any_class), wanted), "%s", path);
		reverse(&run);
		ck_assert_msg(str_equal(run_text(&run, arena, any_class), wanted), "%s", path);
		reverse(&run);
	}
}

START_TEST(cases_in_any_order_the_same)
{
	cases_run("forward", "", run_case_in_other_orders);
}
END_TEST

static void run_case_and_compare_inputs(const char *path)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	CLEANUP(yaml_documents_done) struct yaml_documents untouched = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct run run;

	if (!is_case(path))
		return;
	load(path, &documents);
	load(path, &untouched);
	run_init(&run, &documents);
	run_text(&run, arena, false);
	for (size_t i = 0; i < documents.count; i++)
		ck_assert_msg(json_equal(documents.items[i].root, untouched.items[i].root), "%s",
			      path);
}

START_TEST(cases_inputs_not_changed)
{
	cases_run("forward", "", run_case_and_compare_inputs);
}
END_TEST

START_TEST(names_of_different_origins_differ)
{
	/* What joined names would confuse. */
	static const char *const pairs[][2] = { { "a-b", "c" }, { "a", "b-c" }, { "a", "b.c" } };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct forward_options options = { .tenant = "x", .any_class = true };
	struct run run = { .count = 6 };

	for (size_t i = 0; i < 6; i++) {
		enum kind kind = i < 3 ? KIND_INGRESS : KIND_HTTP_ROUTE;

		run.inputs[i].kind = kind;
		run.inputs[i].object = json_pack("{s{ssss}}", "metadata", "namespace",
						 pairs[i % 3][0], "name", pairs[i % 3][1]);
	}
	forward(&options, run.inputs, run.count, arena, run.outcomes, &run.list);
	ck_assert_uint_eq(run.list.count, 6);
	for (size_t i = 0; i < 6; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(
				json_text(json_object_get(run.list.items[i].object, "metadata"),
					  "name"),
				json_text(json_object_get(run.list.items[k].object, "metadata"),
					  "name"));
	for (size_t i = 0; i < 6; i++)
		json_decref(run.inputs[i].object);
}
END_TEST

START_TEST(field_of_hub_object_is_users_field)
{
	static const char *ports[] = { "spec.ports[2]" };
	static const char *services[] = { "spec.rules[0].backendRefs[1]" };
	static const struct {
		enum kind kind;
		const char *field, *wanted;
	} cases[] = {
		{ KIND_LOAD_BALANCER, "spec.ports[0].port", "spec.ports[2].port" },
		{ KIND_LOAD_BALANCER, "spec.ports[0]", "spec.ports[2]" },
		{ KIND_LOAD_BALANCER, "spec.ports[7]", "spec.ports[7]" },
		{ KIND_LOAD_BALANCER, "spec.endpoints[0].ports[0].port", "spec.ports[2].nodePort" },
		{ KIND_LOAD_BALANCER, "spec.endpoints[0].ports[0].name", "spec.ports[2].name" },
		{ KIND_LOAD_BALANCER, "spec.endpoints[0].addressesReference", "spec" },
		{ KIND_LOAD_BALANCER, "spec.persistence.type", "spec.sessionAffinity" },
		{ KIND_LOAD_BALANCER, "spec.externalTrafficPolicy", "spec.externalTrafficPolicy" },
		{ KIND_LOAD_BALANCER, "metadata.name", "metadata.name" },
		{ KIND_ROUTE, "spec.source.kubernetes.resource.spec.rules[0].host",
		  "spec.rules[0].host" },
		{ KIND_ROUTE, "spec.source.kubernetes.resource.metadata.name", "metadata.name" },
		{ KIND_ROUTE, "spec.source.kubernetes.resource", "" },
		{ KIND_ROUTE, "spec.source.kubernetes.services[0].spec.ports[0].nodePort",
		  "spec.rules[0].backendRefs[1]" },
		{ KIND_ROUTE, "spec.source.kubernetes.services[9]", "spec" },
		{ KIND_ROUTE, "spec.source.kubernetes.referenceGrants[0].spec", "spec" },
		{ KIND_ROUTE, "metadata.labels[kubelb.k8c.io/tenant]",
		  "metadata.labels[kubelb.k8c.io/tenant]" },
		{ KIND_SYNC_SECRET, "data.tls.crt", "data.tls.crt" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct forwarded forwarded = { .kind = cases[i].kind };

		forwarded.fields = cases[i].kind == KIND_LOAD_BALANCER
					   ? (struct string_list){ ports, 1 }
					   : (struct string_list){ services, 1 };
		ck_assert_str_eq(forward_field(arena, &forwarded, cases[i].field), cases[i].wanted);
	}
}
END_TEST

START_TEST(nothing_given_nothing_sent)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct forward_options options = { .tenant = "x" };
	struct forward_list list;

	forward(&options, NULL, 0, arena, NULL, &list);
	ck_assert_uint_eq(list.count, 0);
}
END_TEST

SUITE(ccm_forward, cases_as_expected, cases_in_any_order_the_same, cases_inputs_not_changed,
      names_of_different_origins_differ, field_of_hub_object_is_users_field,
      nothing_given_nothing_sent)
