/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's layer 7: loading, and the order of age. */
#include "translate/tenant.h"

#include <stdlib.h>
#include <string.h>

#include "api/format.h"
#include "base/arena.h"
#include "base/str.h"
#include "translate/name.h"

static int age_order(const void *left, const void *right)
{
	const struct carried *a = left, *b = right;
	int r;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	r = strcmp(a->namespace, b->namespace);
	r = r ? r : strcmp(a->name, b->name);
	r = r ? r : strcmp(a->hub->object->name, b->hub->object->name);
	return r ? r : strcmp(a->source->field, b->source->field);
}

static void add_source(struct tenant *tenant, struct hub_route *hub,
		       const struct route_source *source)
{
	const struct metadata *metadata = &source->header->metadata;
	struct carried carried = {
		.hub = hub,
		.source = source,
		.namespace = source_namespace(hub->route, source),
		.name = metadata->name ? metadata->name : "",
		.time = hub->object->age,
	};

	if (!carried.namespace)
		carried.namespace = tenant->pass.namespace;
	time_parse(metadata->creation_timestamp, &carried.time);
	tenant->has_grpc = tenant->has_grpc || source->kind == KIND_GRPC_ROUTE;
	LIST_APPEND(tenant->pass.arena, &tenant->carried, carried);
}

static void add_route(void *context, struct object *object)
{
	struct tenant *tenant = context;
	struct arena *arena = tenant->pass.arena;
	struct hub_route *hub = ARENA_NEW(arena, struct hub_route);
	struct outcome outcome = pass_outcome(object, NULL);

	hub->object = object;
	hub->route = route_decode(pass_json(&tenant->pass, object), UNKNOWN_IGNORED,
				  &tenant->pass.problems);
	hub->groups = arena_alloc(arena, hub->route->endpoints.count, sizeof(*hub->groups));
	LIST_APPEND(arena, &tenant->routes, hub);
	for (size_t i = 0; i < hub->route->sources.count; i++)
		add_source(tenant, hub, &hub->route->sources.items[i]);
	if (!hub->route->sources.count) {
		outcome.reason = "it embeds nothing that can be served";
		LIST_APPEND(arena, tenant->pass.outcomes, outcome);
	}
}

void tenant_load(struct tenant *tenant, const struct translate_context *context,
		 const char *namespace, struct ir *ir, struct outcome_list *outcomes)
{
	*tenant = (struct tenant){ 0 };
	pass_init(&tenant->pass, context, namespace, ir, outcomes);
	tenant->backends = map_new(ir->arena);
	tenant->secrets = map_new(ir->arena);
	tenant->gateways = map_new(ir->arena);
	store_visit(context->store, namespace, KIND_ROUTE, add_route, tenant);
	if (tenant->carried.count)
		qsort(tenant->carried.items, tenant->carried.count, sizeof(*tenant->carried.items),
		      age_order);
}

const struct nodes *tenant_nodes(struct tenant *tenant, struct hub_route *hub, size_t group)
{
	if (!hub->groups[group])
		hub->groups[group] = pass_nodes(&tenant->pass, &hub->route->endpoints.items[group]);
	return hub->groups[group];
}

const char *tenant_key(struct tenant *tenant, const char *namespace, const char *name)
{
	return name_join(tenant->pass.arena, namespace, name, NULL);
}

bool tenant_reference_allowed(const struct carried *from, const char *from_kind,
			      const char *to_kind, const char *to_namespace, const char *to_name)
{
	const struct reference reference = {
		.from_group = GATEWAY_GROUP,
		.from_kind = from_kind,
		.from_namespace = from->namespace,
		.to_group = "",
		.to_kind = to_kind,
		.to_namespace = to_namespace,
		.to_name = to_name,
	};

	return grants_allow(from->hub->route->grants.items, from->hub->route->grants.count,
			    &reference);
}
