/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/admission/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "tests/unit/suite.h"
#include "webhooks/webhooks.h"
#include "json/patch.h"
#include "json/yaml.h"

#define WARNING_MAX 256
#define TEXT_MAX (72 * 1024)

static const char *const operators[] = { "system:masters", NULL };

static json_t *read_documents(const char *name)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	CLEANUP(buf_free) struct buf *text = NULL;
	json_t *list = json_array();
	char path[1024];
	struct error err;

	snprintf(path, sizeof(path), TEST_DATA "/threats/%s.yaml", name);
	ck_assert_msg(file_read(path, YAML_TEXT_MAX, &text, &err) == 0, "%s", err.text);
	ck_assert_msg(yaml_read(buf_text(text), text->len, &documents, &err) == 0, "%s: %s", path,
		      err.text);
	for (size_t i = 0; i < documents.count; i++)
		json_array_append(list, documents.items[i].root);
	return list;
}

json_t *site_read(const char *name)
{
	CLEANUP(json_decref) json_t *list = read_documents(name);

	ck_assert_msg(json_array_size(list) == 1, "%s: must hold one document", name);
	return json_incref(json_array_get(list, 0));
}

void site_init(struct site *site, const json_t *tenant_spec)
{
	struct policy_options options = { 0 };
	json_t *document, *tenants[16], *existing[16];
	size_t existing_count = 0;
	struct error err;
	size_t i;

	*site = (struct site){ .cluster = read_documents("cluster") };
	json_array_foreach(site->cluster, i, document) {
		if (kind_of(document) == KIND_CONFIG)
			options.config = document;
		if (kind_of(document) != KIND_TENANT && kind_of(document) != KIND_CONFIG)
			existing[existing_count++] = document;
		if (kind_of(document) != KIND_TENANT)
			continue;
		if (tenant_spec &&
		    str_equal(json_text(json_object_get(document, "metadata"), "name"), "a"))
			json_object_set(document, "spec", (json_t *)tenant_spec);
		tenants[options.tenant_count++] = document;
	}
	options.tenants = tenants;
	ck_assert_msg(policy_new(&options, &site->policy, &err) == 0, "%s", err.text);
	site->inventory = inventory_new(existing, existing_count);
	site->config = (struct admission_config){
		.handlers = webhooks,
		.policy = site->policy,
		.inventory = site->inventory,
		.operator_groups = operators,
	};
}

void site_done(struct site *site)
{
	inventory_unref(site->inventory);
	policy_unref(site->policy);
	json_decref(site->cluster);
}

static json_t *gvk(const json_t *object)
{
	const char *version = json_text(object, "apiVersion");
	const char *slash = version ? strchr(version, '/') : NULL;

	return json_pack("{ss%ssss}", "group", slash ? version : "",
			 slash ? (size_t)(slash - version) : 0, "version",
			 slash	   ? slash + 1
			 : version ? version
				   : "",
			 "kind", json_text(object, "kind") ? json_text(object, "kind") : "");
}

json_t *review_make(const json_t *object, const json_t *old, const json_t *request)
{
	const json_t *judged = object ? object : old;
	const json_t *metadata = json_object_get(judged, "metadata");
	const char *name = json_text(metadata, "name");
	json_t *made = json_pack(
		"{sssosssssss{sss[s]}sO?sO?sb}", "uid", "7c1f-\"\\\u00e9\u4e2d", "kind",
		gvk(judged), "name", name ? name : "", "namespace", "tenant-a", "operation",
		!object ? "DELETE"
		: old	? "UPDATE"
			: "CREATE",
		"userInfo", "username", "system:serviceaccount:tenant-a:kubelb-ccm", "groups",
		"system:authenticated", "object", object, "oldObject", old, "dryRun", 0);

	ck_assert_ptr_nonnull(made);
	if (request)
		json_object_update(made, (json_t *)request);
	return json_pack("{ssssso}", "apiVersion", "admission.k8s.io/v1", "kind", "AdmissionReview",
			 "request", made);
}

/* ck_assert tells a pipe of every success, and these are millions. */
#define HOLD(condition, ...)                       \
	do {                                       \
		if (!(condition))                  \
			ck_abort_msg(__VA_ARGS__); \
	} while (0)

/* Puts the decoded patch into the place of the encoded one. */
static void open_patch(json_t *response)
{
	const char *text = json_text(response, "patch");
	CLEANUP(buf_done) struct buf decoded = { 0 };

	HOLD(json_has(response, "patch") == json_has(response, "patchType"), "patchType");
	if (!text)
		return;
	HOLD(str_equal(json_text(response, "patchType"), "JSONPatch"), "patchType");
	HOLD(base64_decode(text, strlen(text), &decoded), "%s", text);
	json_object_set_new(response, "patch", json_loads(buf_text(&decoded), 0, NULL));
}

/* Nothing that could end a line of a log or colour a terminal. */
static void assert_printable(const char *text, const char *end)
{
	for (; text < end; text++)
		HOLD(*text >= ' ' && *text <= '~', "not printable: %s", text);
}

/* `<Word>: "<value of at most 64>": text [RULE]`, as apimachinery writes the errors of fields. */
static void assert_cause(const json_t *cause, const char *last_field)
{
	static const char *const words[] = { "Invalid",	  "Required",	 "Duplicate",
					     "Forbidden", "NotFound",	 "TooMany",
					     "TooLong",	  "Unsupported", NULL };
	const char *message = json_text(cause, "message"), *field = json_text(cause, "field");
	size_t length = strlen(message);
	char word[32];

	HOLD(field && str_has_prefix(json_text(cause, "reason"), "FieldValue"), "%s", message);
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(message, ":"), message);
	HOLD(str_in(word, words), "%s", message);
	HOLD(message[length - 1] == ']' && strrchr(message, '['), "%s", message);
	assert_printable(message, message + length);
	if (*field && last_field)
		HOLD(strverscmp(last_field, field) <= 0, "%s after %s", field, last_field);
}

/* Each cause is a line of its own in the message, which is all that kubectl shows of a 403. */
static void assert_status(const json_t *status)
{
	const json_t *causes = json_at(status, "details", "causes", NULL), *cause;
	json_int_t code = json_integer_value(json_object_get(status, "code"));
	const char *message = json_text(status, "message"), *last = NULL;
	size_t i;

	HOLD(str_equal(json_text(status, "status"), "Failure"), "status");
	HOLD(code == 403 || code == 422, "code");
	HOLD(str_equal(json_text(status, "reason"), code == 403 ? "Forbidden" : "Invalid"),
	     "reason");
	HOLD(json_array_size(causes) > 0 && strlen(message) < TEXT_MAX, "%.2000s", message);
	json_array_foreach(causes, i, cause) {
		assert_cause(cause, last);
		last = json_text(cause, "field");
		HOLD(strstr(message, json_text(cause, "message")), "%s", message);
	}
	for (const char *end; *message; message = *end ? end + 1 : end) {
		end = message + strcspn(message, "\n");
		/* A field's path is a text of the tenant as well. */
		assert_printable(message, end);
	}
}

static void assert_reply(const json_t *reply, const json_t *review, bool validate)
{
	const json_t *response = json_object_get(reply, "response"), *warning;
	bool allowed = reply_allows(reply);
	size_t i;

	HOLD(str_equal(json_text(reply, "apiVersion"), "admission.k8s.io/v1"), "apiVersion");
	HOLD(str_equal(json_text(reply, "kind"), "AdmissionReview"), "kind");
	HOLD(json_equal(json_object_get(response, "uid"), json_at(review, "request", "uid", NULL)),
	     "uid");
	HOLD(json_is_boolean(json_object_get(response, "allowed")), "allowed");
	HOLD(json_has(response, "status") == !allowed, "status");
	HOLD(!json_has(response, "patch") || (allowed && !validate), "patch");
	if (!allowed)
		assert_status(json_object_get(response, "status"));
	json_array_foreach(json_object_get(response, "warnings"), i, warning) {
		const char *text = json_string_value(warning);

		HOLD(json_string_length(warning) <= WARNING_MAX, "%s", text);
		assert_printable(text, text + strlen(text));
	}
}

json_t *site_ask(const struct site *site, const json_t *review, bool validate)
{
	struct admission_config config = site->config;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(free) char *body = json_compact(review);
	CLEANUP(buf_done) struct buf text = { 0 };
	struct admission_outcome outcome;
	json_t *reply;
	struct error err;

	config.without_patch = validate;
	if (admission_serve(&config, KIND_UNKNOWN, body, strlen(body), arena, &text, &outcome,
			    &err) < 0)
		return NULL;
	reply = json_loads(buf_text(&text), 0, NULL);
	HOLD(reply, "no JSON: %.2000s", buf_text(&text));
	open_patch(json_object_get(reply, "response"));
	assert_reply(reply, review, validate);
	HOLD(outcome.allowed == reply_allows(reply), "the outcome differs from the reply");
	return reply;
}

json_t *reply_object(const json_t *reply, const json_t *review)
{
	const json_t *patch = json_at(reply, "response", "patch", NULL);
	const json_t *object = json_at(review, "request", "object", NULL);
	json_t *mutated = NULL;
	struct error err;

	if (!patch)
		return json_deep_copy(object);
	HOLD(json_patch_apply(object, patch, &mutated, &err) == 0, "%s", err.text);
	return mutated;
}

bool reply_allows(const json_t *reply)
{
	return json_is_true(json_at(reply, "response", "allowed", NULL));
}
