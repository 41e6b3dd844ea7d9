/* SPDX-License-Identifier: Apache-2.0 */
/* The hosts that a tenant's objects claim. */
#include "api/load_balancer.h"
#include "api/route.h"
#include "base/arena.h"
#include "base/str.h"
#include "policy/host.h"
#include "translate/report.h"
#include "translate/translate.h"

struct collector {
	struct arena *arena;
	struct problems problems;
	const struct object *object;
	struct host_claim_list *claims;
};

static void claim(struct collector *c, const char *host)
{
	if (!host_is_catch_all(host))
		LIST_APPEND(c->arena, c->claims,
			    (struct host_claim){ .host = host,
						 .namespace = c->object->namespace,
						 .name = c->object->name,
						 .age = c->object->age });
}

static void claim_all(struct collector *c, const struct string_list *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		claim(c, hosts->items[i]);
}

static void claim_ingress(struct collector *c, const struct ingress *ingress)
{
	for (size_t i = 0; i < ingress->rules.count; i++)
		claim(c, ingress->rules.items[i].host);
	for (size_t i = 0; i < ingress->tls.count; i++)
		claim_all(c, &ingress->tls.items[i].hosts);
}

static void claim_gateway(struct collector *c, const struct gateway *gateway)
{
	for (size_t i = 0; i < gateway->listeners.count; i++)
		claim(c, gateway->listeners.items[i].hostname);
}

static void claim_route(struct collector *c, const struct route *route)
{
	for (size_t i = 0; i < route->sources.count; i++) {
		const struct route_source *source = &route->sources.items[i];

		if (source->kind == KIND_INGRESS)
			claim_ingress(c, source->ingress);
		else if (source->kind == KIND_GATEWAY)
			claim_gateway(c, source->gateway);
		else if (source->kind == KIND_HTTP_ROUTE)
			claim_all(c, &source->http_route->hostnames);
		else if (source->kind == KIND_GRPC_ROUTE)
			claim_all(c, &source->grpc_route->hostnames);
	}
}

static void visit(void *context, struct object *object)
{
	struct collector *c = context;
	const struct load_balancer *balancer;
	json_t *json;

	if (object->kind != KIND_LOAD_BALANCER && object->kind != KIND_ROUTE)
		return;
	c->object = object;
	json = report_adopt(c->arena, object_json(object));
	if (object->kind == KIND_ROUTE) {
		claim_route(c, route_decode(json, UNKNOWN_IGNORED, &c->problems));
		return;
	}
	balancer = shape_decode(&load_balancer_shape, json, UNKNOWN_IGNORED, NULL, &c->problems);
	claim(c, balancer->hostname);
}

void translate_claims(const struct store *store, const char *namespace, struct arena *arena,
		      struct host_claim_list *ret)
{
	struct collector c = { .arena = arena, .problems = { .arena = arena }, .claims = ret };

	store_visit(store, namespace, KIND_UNKNOWN, visit, &c);
}
