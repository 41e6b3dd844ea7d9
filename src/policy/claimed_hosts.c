/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts an object claims for its tenant. */
#include "policy/claimed_hosts.h"

#include "api/load_balancer.h"
#include "api/route.h"
#include "base/arena.h"
#include "policy/host.h"

static void claim(struct arena *arena, struct string_list *ret, const char *host)
{
	if (!host_is_catch_all(host))
		LIST_APPEND(arena, ret, host);
}

static void claim_all(struct arena *arena, struct string_list *ret, const struct string_list *hosts)
{
	for (size_t i = 0; i < hosts->count; i++)
		claim(arena, ret, hosts->items[i]);
}

static void claim_ingress(struct arena *arena, struct string_list *ret,
			  const struct ingress *ingress)
{
	for (size_t i = 0; i < ingress->rules.count; i++)
		claim(arena, ret, ingress->rules.items[i].host);
	for (size_t i = 0; i < ingress->tls.count; i++)
		claim_all(arena, ret, &ingress->tls.items[i].hosts);
}

static void claim_gateway(struct arena *arena, struct string_list *ret,
			  const struct gateway *gateway)
{
	for (size_t i = 0; i < gateway->listeners.count; i++)
		claim(arena, ret, gateway->listeners.items[i].hostname);
}

static void claim_route(struct arena *arena, struct string_list *ret, const struct route *route)
{
	for (size_t i = 0; i < route->sources.count; i++) {
		const struct route_source *source = &route->sources.items[i];

		if (source->kind == KIND_INGRESS)
			claim_ingress(arena, ret, source->ingress);
		else if (source->kind == KIND_GATEWAY)
			claim_gateway(arena, ret, source->gateway);
		else if (source->kind == KIND_HTTP_ROUTE)
			claim_all(arena, ret, &source->http_route->hostnames);
		else if (source->kind == KIND_GRPC_ROUTE)
			claim_all(arena, ret, &source->grpc_route->hostnames);
	}
}

void claimed_hosts(enum kind kind, const void *decoded, struct arena *arena,
		   struct string_list *ret)
{
	if (kind == KIND_ROUTE)
		claim_route(arena, ret, decoded);
	else if (kind == KIND_LOAD_BALANCER)
		claim(arena, ret, ((const struct load_balancer *)decoded)->hostname);
}
