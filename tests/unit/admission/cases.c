/* SPDX-License-Identifier: Apache-2.0 */
/* Replays tests/admission/<kind>/<case>/: review.json through the chain, under the Config and Tenants of
 * cluster.yaml if there is one, and beside the objects of existing.yaml if there is one, must give
 * reply.json, in which the patch stands decoded. With RECORD set in the environment the replies are
 * written instead. */
#include "admission/admission.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "tests/unit/suite.h"
#include "webhooks/webhooks.h"
#include "json/canonical.h"
#include "json/patch.h"
#include "json/yaml.h"

#define ROOT TEST_DATA "/admission"

static const char *const operators[] = { "system:masters", NULL };

struct review_case {
	const char *folder; /* "load_balancer/lb001-…" below ROOT */
	json_t *review, *expected;
	struct policy *policy;
	struct inventory *inventory;
	struct admission_config config;
};

static struct buf *read_file(const char *folder, const char *name)
{
	struct buf *text = NULL;
	char path[1024];
	struct error err;

	snprintf(path, sizeof(path), ROOT "/%s/%s", folder, name);
	return file_read(path, 1 << 24, &text, &err) == 0 ? text : NULL;
}

static json_t *read_json(const char *folder, const char *name)
{
	CLEANUP(buf_free) struct buf *text = read_file(folder, name);
	json_t *json = NULL;
	struct error err;

	if (!text)
		return NULL;
	ck_assert_msg(json_parse(buf_text(text), text->len, &json, &err) == 0, "%s/%s: %s", folder,
		      name, err.text);
	return json;
}

static void read_documents(const char *folder, const char *name, struct yaml_documents *ret)
{
	CLEANUP(buf_free) struct buf *text = read_file(folder, name);
	struct error err;

	if (text)
		ck_assert_msg(yaml_read(buf_text(text), text->len, ret, &err) == 0, "%s: %s",
			      folder, err.text);
}

static struct policy *read_policy(const char *folder)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	struct policy_options options = { 0 };
	struct policy *policy = NULL;
	json_t *tenants[64];
	struct error err;

	read_documents(folder, "cluster.yaml", &documents);
	for (size_t i = 0; i < documents.count; i++)
		if (kind_of(documents.items[i].root) == KIND_CONFIG)
			options.config = documents.items[i].root;
		else
			tenants[options.tenant_count++] = documents.items[i].root;
	options.tenants = tenants;
	ck_assert_msg(policy_new(&options, &policy, &err) == 0, "%s: %s", folder, err.text);
	return policy;
}

static struct inventory *read_inventory(const char *folder)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	json_t *objects[2048];

	read_documents(folder, "existing.yaml", &documents);
	ck_assert_uint_le(documents.count, sizeof(objects) / sizeof(*objects));
	for (size_t i = 0; i < documents.count; i++)
		objects[i] = documents.items[i].root;
	return documents.count ? inventory_new(objects, documents.count) : NULL;
}

static json_t *review(const struct review_case *c, const json_t *asked)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(free) char *body = json_dumps(asked, JSON_COMPACT);
	CLEANUP(buf_done) struct buf text = { 0 };
	struct admission_outcome outcome;
	json_t *reply = NULL;
	struct error err;

	ck_assert_msg(admission_serve(&c->config, KIND_UNKNOWN, body, strlen(body), arena, &text,
				      &outcome, &err) == 0,
		      "%s: %s", c->folder, err.text);
	ck_assert_msg(json_parse(buf_text(&text), text.len, &reply, &err) == 0, "%s: %s\n%s",
		      c->folder, err.text, buf_text(&text));
	ck_assert(outcome.allowed == json_is_true(json_at(reply, "response", "allowed", NULL)));
	return reply;
}

/* Puts the decoded patch into the place of the encoded one. */
static void open_patch(json_t *reply)
{
	json_t *response = json_object_get(reply, "response");
	const char *text = json_text(response, "patch");
	CLEANUP(buf_done) struct buf decoded = { 0 };

	if (!text)
		return;
	ck_assert(base64_decode(text, strlen(text), &decoded));
	json_object_set_new(response, "patch", json_loads(buf_text(&decoded), 0, NULL));
}

static void record(const struct review_case *c, const json_t *reply)
{
	CLEANUP(free) char *text = json_dumps(reply, JSON_INDENT(2));
	CLEANUP(buf_done) struct buf line = { 0 };
	char path[1024];
	struct error err;

	buf_printf(&line, "%s\n", text);
	snprintf(path, sizeof(path), ROOT "/%s/reply.json", c->folder);
	ck_assert_int_eq(file_write(path, line.data, line.len, 0644, &err), 0);
}

static void compare(const struct review_case *c, const json_t *reply)
{
	CLEANUP(free) char *got = json_dumps(reply, JSON_INDENT(2) | JSON_SORT_KEYS);
	CLEANUP(free) char *want = json_dumps(c->expected, JSON_INDENT(2) | JSON_SORT_KEYS);

	ck_assert_msg(json_equal(reply, c->expected), "%s: expected\n%s\ngot\n%s", c->folder,
		      want ? want : "no reply.json", got);
}

/* What was mutated once is admitted as it is, without a patch and without a warning of the mutation. */
static void replay_mutated(const struct review_case *c, const json_t *reply)
{
	const json_t *patch = json_at(reply, "response", "patch", NULL);
	CLEANUP(json_decref) json_t *again = json_deep_copy(c->review);
	CLEANUP(json_decref) json_t *second = NULL;
	json_t *mutated = NULL;
	struct error err;

	if (!patch)
		return;
	ck_assert_msg(json_patch_apply(json_at(again, "request", "object", NULL), patch, &mutated,
				       &err) == 0,
		      "%s: %s", c->folder, err.text);
	json_object_set_new(json_object_get(again, "request"), "object", mutated);
	second = review(c, again);
	ck_assert_msg(json_is_true(json_at(second, "response", "allowed", NULL)) &&
			      !json_at(second, "response", "patch", NULL),
		      "%s: mutated once more it changes again", c->folder);
}

static void replay(const char *folder, void *context)
{
	struct review_case c = { .folder = folder };
	CLEANUP(json_decref) json_t *reply = NULL;

	(void)context;
	c.review = read_json(folder, "review.json");
	c.expected = read_json(folder, "reply.json");
	c.policy = read_policy(folder);
	c.inventory = read_inventory(folder);
	c.config = (struct admission_config){ .handlers = webhooks,
					      .policy = c.policy,
					      .inventory = c.inventory,
					      .operator_groups = operators };
	ck_assert_msg(c.review, "%s: no review.json", folder);
	reply = review(&c, c.review);
	ck_assert(json_equal(json_at(reply, "response", "uid", NULL),
			     json_at(c.review, "request", "uid", NULL)));
	open_patch(reply);
	if (getenv("RECORD"))
		record(&c, reply);
	else
		compare(&c, reply);
	replay_mutated(&c, reply);
	json_decref(c.review);
	json_decref(c.expected);
	policy_unref(c.policy);
	inventory_unref(c.inventory);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static size_t visit_cases(void (*visit)(const char *folder, void *context), void *context)
{
	struct dirent **kinds;
	int kind_count = scandir(ROOT, &kinds, is_visible, alphasort);
	size_t visited = 0;

	for (int i = 0; i < kind_count; i++) {
		char path[1024];
		struct dirent **cases;
		int count;

		snprintf(path, sizeof(path), ROOT "/%s", kinds[i]->d_name);
		count = scandir(path, &cases, is_visible, alphasort);
		for (int j = 0; j < count; j++) {
			snprintf(path, sizeof(path), "%s/%s", kinds[i]->d_name, cases[j]->d_name);
			visit(path, context);
			visited++;
			free(cases[j]);
		}
		if (count >= 0)
			free(cases);
		free(kinds[i]);
	}
	if (kind_count >= 0)
		free(kinds);
	return visited;
}

START_TEST(review_each_case_as_recorded)
{
	ck_assert_uint_gt(visit_cases(replay, NULL), 50);
}
END_TEST

struct coverage {
	const char *rule;
	bool allowed, refused;
};

static void cover(const char *folder, void *context)
{
	struct coverage *coverage = context;
	CLEANUP(json_decref) json_t *reply = read_json(folder, "reply.json");
	CLEANUP(free) char *text = json_compact(reply);
	const char *name = strchr(folder, '/') + 1;
	char mark[32];

	snprintf(mark, sizeof(mark), "[%s]", coverage->rule);
	if (json_is_true(json_at(reply, "response", "allowed", NULL)))
		coverage->allowed = coverage->allowed ||
				    strncasecmp(name, coverage->rule, strlen(coverage->rule)) == 0;
	else
		coverage->refused = coverage->refused || strstr(text, mark);
	/* It refuses nothing: a warning says that it is not acted on. */
	if (str_equal(coverage->rule, "RT008") && strstr(text, mark))
		coverage->refused = true;
}

START_TEST(rules_each_has_a_case_allowed_and_refused)
{
	for (const struct rule_info *rule = admission_rules; rule->id; rule++) {
		struct coverage coverage = { .rule = rule->id };

		visit_cases(cover, &coverage);
		ck_assert_msg(coverage.allowed, "no case %s-… that is allowed", rule->id);
		ck_assert_msg(coverage.refused, "no case that is refused by %s", rule->id);
	}
}
END_TEST

static bool is_rule(const char *id)
{
	for (const struct rule_info *rule = admission_rules; rule->id; rule++)
		if (str_equal(rule->id, id))
			return true;
	return false;
}

static void find_unlisted(const char *folder, void *context)
{
	CLEANUP(json_decref) json_t *reply = read_json(folder, "reply.json");
	const json_t *cause;
	size_t i;

	(void)context;
	json_array_foreach(json_at(reply, "response", "status", "details", "causes", NULL), i,
			   cause) {
		const char *message = json_text(cause, "message");
		const char *open = strrchr(message, '[');
		char id[16] = "";

		if (open)
			snprintf(id, sizeof(id), "%.*s", (int)strcspn(open + 1, "]"), open + 1);
		ck_assert_msg(is_rule(id), "%s: %s is no rule of the table", folder, id);
	}
}

START_TEST(replies_name_rules_of_the_table_only)
{
	visit_cases(find_unlisted, NULL);
}
END_TEST

SUITE(admission_cases, review_each_case_as_recorded, rules_each_has_a_case_allowed_and_refused,
      replies_name_rules_of_the_table_only)
