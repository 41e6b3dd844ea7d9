/* SPDX-License-Identifier: Apache-2.0 */
/* tests/translate/<case>/: in.yaml, the hub's objects, the operator's too → ir.json, what Envoy is to
 * be told, and status.json, what became of each object. With UPDATE_CASES=1 in the environment they are
 * written anew, for a look at the difference. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "api/config.h"
#include "api/route.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "net/certificate.h"
#include "tests/unit/suite.h"
#include "tests/unit/translate/describe.h"
#include "translate/translate.h"
#include "json/yaml.h"

/* Documents are the older the further up they stand. */
struct hub {
	struct arena *arena;
	struct store *store;
	struct host_claims *claims;
	struct policy *policy;
	json_t *config;
	LIST_OF(json_t *) tenants;
	LIST_OF(const char *) namespaces;
	LIST_OF(const char *) owners;
	struct ir ir;
	struct outcome_list outcomes;
	int port_offset;
	bool no_addresses;
};

/* Addresses in the order of asking. */
static const char *address(void *pool, const char *owner)
{
	struct hub *hub = pool;

	if (hub->no_addresses)
		return NULL;
	for (size_t i = 0; i < hub->owners.count; i++)
		if (str_equal(hub->owners.items[i], owner))
			return arena_printf(hub->arena, "127.64.0.%zu", i + 1);
	LIST_APPEND(hub->arena, &hub->owners, arena_strdup(hub->arena, owner));
	return arena_printf(hub->arena, "127.64.0.%zu", hub->owners.count);
}

static void add_namespace(struct hub *hub, const char *namespace)
{
	for (size_t i = 0; i < hub->namespaces.count; i++)
		if (str_equal(hub->namespaces.items[i], namespace))
			return;
	LIST_APPEND(hub->arena, &hub->namespaces, arena_strdup(hub->arena, namespace));
}

/* "PAIR" stands for a certificate and its key, which every run makes anew. */
static void make_pair(json_t *json)
{
	static const char *const hosts[] = { "a.test", NULL };
	const struct certificate_request request = {
		.name = "test", .use = CERTIFICATE_SERVER, .hosts = hosts, .valid_s = 3600
	};
	CLEANUP(certificate_done) struct certificate authority = { 0 };
	CLEANUP(certificate_done) struct certificate pair = { 0 };
	json_t *data = json_object_get(json, "stringData");
	struct error err;

	if (!str_equal(json_text(data, "tls.crt"), "PAIR"))
		return;
	ck_assert_int_eq(certificate_authority("test", 0, 3600, &authority, &err), 0);
	ck_assert_int_eq(certificate_issue(&authority, &request, &pair, &err), 0);
	json_object_set_new(data, "tls.crt", json_string(buf_text(&pair.chain)));
	json_object_set_new(data, "tls.key", json_string(buf_text(&pair.key)));
}

static void add_document(struct hub *hub, json_t *json, int64_t age)
{
	CLEANUP(object_unref) struct object *object = NULL;
	enum kind kind = kind_of(json);

	ck_assert_int_ne(kind, KIND_UNKNOWN);
	if (kind == KIND_CONFIG)
		hub->config = json;
	if (kind == KIND_TENANT)
		LIST_APPEND(hub->arena, &hub->tenants, json);
	if (kind == KIND_CONFIG || kind == KIND_TENANT)
		return;
	if (kind == KIND_ROUTE)
		route_normalise(json);
	make_pair(json);
	object = object_new(kind, json, age);
	store_put(hub->store, object);
	add_namespace(hub, object->namespace);
}

static void translate_one(void *context, struct object *object)
{
	struct hub *hub = context;
	const struct translate_context translation = {
		.store = hub->store,
		.policy = hub->policy,
		.claims = hub->claims,
		.address = address,
		.pool = hub,
		.port_offset = hub->port_offset,
	};

	translate_load_balancer(&translation, object, &hub->ir, &hub->outcomes);
}

static void translate_all(struct hub *hub)
{
	struct error err;
	const struct policy_options options = { .config = hub->config,
						.tenants = hub->tenants.items,
						.tenant_count = hub->tenants.count };

	ck_assert_msg(policy_new(&options, &hub->policy, &err) == 0, "%s", err.text);
	for (size_t i = 0; i < hub->namespaces.count; i++) {
		struct host_claim_list claims = { 0 };

		translate_claims(hub->store, hub->namespaces.items[i], hub->arena, &claims);
		host_claims_set(hub->claims, hub->namespaces.items[i], claims.items, claims.count,
				NULL, NULL);
	}
	for (size_t i = 0; i < hub->namespaces.count; i++) {
		const struct translate_context translation = {
			.store = hub->store,
			.policy = hub->policy,
			.claims = hub->claims,
			.address = address,
			.pool = hub,
			.port_offset = hub->port_offset,
		};

		store_visit(hub->store, hub->namespaces.items[i], KIND_LOAD_BALANCER, translate_one,
			    hub);
		translate_routes(&translation, hub->namespaces.items[i], &hub->ir, &hub->outcomes);
	}
}

static json_t *needs_json(const struct outcome *outcome)
{
	static const char *const lists[] = { "cluster", "secret", "listener", "routes" };
	json_t *list = json_array();

	for (size_t i = 0; i < outcome->needs.count; i++)
		json_array_append_new(list,
				      json_sprintf("%s %s", lists[outcome->needs.items[i].list],
						   outcome->needs.items[i].name));
	return list;
}

static json_t *addresses_json(const struct outcome *outcome)
{
	json_t *list = json_array();

	for (size_t i = 0; i < outcome->addresses.count; i++) {
		const struct outcome_address *at = &outcome->addresses.items[i];

		json_array_append_new(list,
				      json_sprintf("%s %s:%u", at->protocol, at->ip, at->port));
	}
	return list;
}

static json_t *outcomes_json(const struct hub *hub)
{
	json_t *list = json_array();

	for (size_t i = 0; i < hub->outcomes.count; i++) {
		const struct outcome *outcome = &hub->outcomes.items[i];
		json_t *json =
			json_pack("{s:s, s:s*, s:b, s:b, s:s*, s:o, s:o, s:O*}", "name",
				  outcome->name, "source", outcome->source, "accepted",
				  (int)outcome->accepted, "conflicted", (int)outcome->conflicted,
				  "reason", outcome->reason, "addresses", addresses_json(outcome),
				  "needs", needs_json(outcome), "status", outcome->status);

		ck_assert_ptr_nonnull(json);
		json_array_append_new(list, json);
	}
	return list;
}

/* Where the line begins in which got leaves wanted. */
static const char *first_difference(const char *got, const char *wanted)
{
	const char *line = got;

	for (; *got && *got == *wanted; got++, wanted++)
		if (*got == '\n')
			line = got + 1;
	return line;
}

static void compare(const char *folder, const char *file, const json_t *got)
{
	CLEANUP(buf_done) struct buf path = { 0 };
	CLEANUP(buf_free) struct buf *wanted = NULL;
	char *text = json_dumps(got, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	CLEANUP(buf_done) struct buf line = { 0 };
	struct error err;

	buf_puts(&line, text);
	buf_putc(&line, '\n');
	free(text);
	buf_printf(&path, "%s/%s", folder, file);
	if (getenv("UPDATE_CASES"))
		ck_assert_msg(file_write(buf_text(&path), line.data, line.len, 0644, &err) == 0,
			      "%s", err.text);
	ck_assert_msg(file_read(buf_text(&path), 1 << 24, &wanted, &err) == 0, "%s", err.text);
	ck_assert_msg(str_equal(buf_text(&line), buf_text(wanted)),
		      "%s differs from here on; got:\n%.600s", buf_text(&path),
		      first_difference(buf_text(&line), buf_text(wanted)));
}

static void run_case(const char *folder)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	CLEANUP(json_decref) json_t *ir = NULL;
	CLEANUP(json_decref) json_t *outcomes = NULL;
	CLEANUP(buf_done) struct buf path = { 0 };
	CLEANUP(buf_free) struct buf *text = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_free) struct store *store = store_new();
	CLEANUP(host_claims_free) struct host_claims *claims = host_claims_new();
	struct hub hub = {
		.arena = arena, .store = store, .claims = claims, .ir = { .arena = arena }
	};
	struct error err;

	buf_printf(&path, "%s/in.yaml", folder);
	ck_assert_msg(file_read(buf_text(&path), YAML_TEXT_MAX, &text, &err) == 0, "%s", err.text);
	ck_assert_msg(yaml_read(text->data, text->len, &documents, &err) == 0, "%s: %s",
		      buf_text(&path), err.text);
	hub.port_offset = strstr(buf_text(text), "# port offset 10000") ? 10000 : 0;
	hub.no_addresses = strstr(buf_text(text), "# no addresses") != NULL;
	for (size_t i = 0; i < documents.count; i++)
		add_document(&hub, documents.items[i].root, (int64_t)i + 1);
	translate_all(&hub);
	ir = ir_describe(&hub.ir);
	outcomes = outcomes_json(&hub);
	compare(folder, "ir.json", ir);
	compare(folder, "status.json", outcomes);
	policy_unref(hub.policy);
}

START_TEST(cases_each_as_written)
{
	struct dirent **names;
	int count = scandir(TEST_DATA "/translate", &names, NULL, alphasort);
	int ran = 0;

	for (int i = 0; i < count; i++) {
		if (names[i]->d_name[0] != '.') {
			CLEANUP(buf_done) struct buf path = { 0 };

			buf_printf(&path, "%s/translate/%s", TEST_DATA, names[i]->d_name);
			run_case(buf_text(&path));
			ran++;
		}
		free(names[i]);
	}
	free(names);
	ck_assert_int_gt(ran, 0);
}
END_TEST

SUITE(translate_cases, cases_each_as_written)
