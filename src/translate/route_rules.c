/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules of HTTPRoute and GRPCRoute share. */
#include "translate/route_rules.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "translate/filter.h"

#define WEIGHT_MAX 1000000

void route_rules_init(struct route_rules *rules, struct tenant *tenant,
		      const struct carried *carried)
{
	*rules = (struct route_rules){
		.tenant = tenant,
		.carried = carried,
		.failure = carried->source->kind == KIND_GRPC_ROUTE ? 503 : 500,
	};
	if (carried->source->kind == KIND_GRPC_ROUTE)
		grpc_route_lower(rules);
	else
		http_route_lower(rules);
}

/* Of several faults one is told: the gravest, and the first of those. */
static void note_unresolved(struct route_rules *rules, const struct backend *backend)
{
	static const char *const gravity[] = { "RefNotPermitted", "InvalidKind", "BackendNotFound",
					       "UnsupportedProtocol", NULL };

	for (size_t i = 0; gravity[i]; i++) {
		if (str_equal(rules->unresolved, gravity[i]))
			return;
		if (str_equal(backend->reason, gravity[i]))
			break;
	}
	rules->unresolved = backend->reason;
	rules->unresolved_message = backend->message;
}

const char *route_rules_cluster(struct route_rules *rules, const struct object_ref *ref)
{
	struct backend backend = backend_of_ref(rules->tenant, rules->carried, ref);

	if (backend.dropped)
		rules->endpoints_reason = backend.dropped;
	if (backend.cluster)
		LIST_APPEND(rules->tenant->pass.arena, &rules->clusters, backend.cluster);
	else
		note_unresolved(rules, &backend);
	return backend.cluster;
}

void route_rules_drop(struct route_rules *rules, size_t index, struct ir_route *route,
		      const char *reason, const char *message)
{
	*route = (struct ir_route){ .status = rules->failure };
	if (!rules->dropped_count++) {
		rules->dropped_reason = reason;
		rules->dropped_message = arena_printf(rules->tenant->pass.arena,
						      "Dropped Rule %zu: %s", index, message);
	}
}

const char *route_rules_backends(struct route_rules *rules, struct ir_route *route,
				 const struct backend_list *backends)
{
	struct arena *arena = rules->tenant->pass.arena;
	const char *why = NULL;
	uint64_t sum = 0;

	route->unresolved_status = rules->failure;
	for (size_t i = 0; i < backends->count; i++) {
		const struct backend_ref *ref = &backends->items[i];
		struct ir_backend backend = { .cluster = route_rules_cluster(rules, &ref->ref) };

		if (ref->weight > 0)
			backend.weight =
				(uint32_t)(ref->weight < WEIGHT_MAX ? ref->weight : WEIGHT_MAX);
		sum += backend.weight;
		if (!why)
			why = filter_backend(rules, &backend, &ref->filters);
		LIST_APPEND(arena, &route->backends, backend);
	}
	if (!sum) {
		route->backends.count = 0;
		route->status = rules->failure;
	}
	return why;
}

void route_rules_headers(struct route_rules *rules, struct ir_match *match,
			 const struct header_match_list *headers)
{
	for (size_t i = 0; i < headers->count; i++) {
		const struct header_match *header = &headers->items[i];
		const struct ir_value_match copy = {
			.name = header->name,
			.value = header->value,
			.regex = str_equal(header->type, "RegularExpression"),
		};
		bool seen = false;

		for (size_t j = 0; j < i; j++)
			seen = seen || str_equal_nocase(headers->items[j].name, header->name);
		if (!seen)
			LIST_APPEND(rules->tenant->pass.arena, &match->headers, copy);
	}
}

void route_rules_add(struct route_rules *rules, const struct ir_route *route, const uint32_t *ranks,
		     size_t rank_count)
{
	struct ranked_route ranked = { .order = rules->tenant->order++ };
	struct ir_route *copy = ARENA_NEW(rules->tenant->pass.arena, struct ir_route);

	*copy = *route;
	ranked.route = copy;
	for (size_t i = 0; i < rank_count; i++)
		ranked.ranks[RANK_FIRST + i] = ranks[i];
	LIST_APPEND(rules->tenant->pass.arena, &rules->routes, ranked);
}
