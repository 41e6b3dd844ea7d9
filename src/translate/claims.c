/* SPDX-License-Identifier: Apache-2.0 */
/* The hosts that a tenant's objects claim. */
#include "base/arena.h"
#include "policy/claimed_hosts.h"
#include "translate/report.h"
#include "translate/translate.h"

struct collector {
	struct arena *arena;
	struct problems problems;
	struct host_claim_list *claims;
};

static void visit(void *context, struct object *object)
{
	struct collector *c = context;
	struct string_list hosts = { 0 };
	const void *decoded;
	json_t *json;

	if (object->kind != KIND_LOAD_BALANCER && object->kind != KIND_ROUTE)
		return;
	json = report_adopt(c->arena, object_json(object));
	decoded = kind_decode(object->kind, json, UNKNOWN_IGNORED, &c->problems);
	claimed_hosts(object->kind, decoded, c->arena, &hosts);
	for (size_t i = 0; i < hosts.count; i++)
		LIST_APPEND(c->arena, c->claims,
			    (struct host_claim){ .host = hosts.items[i],
						 .namespace = object->namespace,
						 .name = object->name,
						 .age = object->age });
}

void translate_claims(const struct store *store, const char *namespace, struct arena *arena,
		      struct host_claim_list *ret)
{
	struct collector c = { .arena = arena, .problems = { .arena = arena }, .claims = ret };

	store_visit(store, namespace, KIND_UNKNOWN, visit, &c);
}
