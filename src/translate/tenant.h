/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's layer 7 while it is translated: its Routes decoded once, and what they embed by age. */
#pragma once

#include "api/route.h"
#include "translate/pass.h"

struct hub_route {
	const struct object *object;
	struct route *route;
	const struct nodes **groups; /* of each endpoint group, resolved at first need */
};

/* One object that a Route embeds, as it is in the tenant's own cluster. */
struct carried {
	struct hub_route *hub;
	const struct route_source *source;
	const char *namespace, *name;
	int64_t time; /* ns since 1970: the origin's own, else of the hub object */
};

struct gateway_state;

struct tenant {
	struct pass pass;
	LIST_OF(struct hub_route *) routes;
	LIST_OF(struct carried) carried; /* oldest first */
	struct map *backends;		 /* struct backend by cluster name */
	struct map *secrets;		 /* struct tls_secret by origin */
	struct map *gateways;		 /* struct gateway_state by origin */
	LIST_OF(struct gateway_state *) gateways_in_order;
	size_t order; /* of routes: how many there were */
	bool secrets_indexed;
	bool has_grpc;
};

/* Decodes the Routes of the namespace. */
void tenant_load(struct tenant *tenant, const struct translate_context *context,
		 const char *namespace, struct ir *ir, struct outcome_list *outcomes);

/* The endpoint group's nodes. */
const struct nodes *tenant_nodes(struct tenant *tenant, struct hub_route *hub, size_t group);

/* "<namespace>/<name>" of the tenant's own cluster. */
const char *tenant_key(struct tenant *tenant, const char *namespace, const char *name);

/* Is the reference permitted by the grants that the Route carries? Within one namespace it is. */
bool tenant_reference_allowed(const struct carried *from, const char *from_kind,
			      const char *to_kind, const char *to_namespace, const char *to_name);
