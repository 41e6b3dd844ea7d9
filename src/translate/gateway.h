/* SPDX-License-Identifier: Apache-2.0 */
/* Gateways: their listeners with what stands in the way of each, and what is built of them. */
#pragma once

#include "translate/hostname.h"
#include "translate/tenant.h"
#include "translate/virtual_host.h"

struct verdict {
	bool ok;
	const char *reason, *message;
};

struct gateway_state;

struct listener {
	const struct gateway_listener *spec;
	struct gateway_state *gateway;
	const char *hostname;	   /* "*": any */
	const char *routes_name;   /* of struct ir_routes */
	const char *listener_name; /* of struct ir_listener; NULL: none */
	uint16_t port;		   /* listened on; 0: none */
	bool tls;
	bool http_routes, grpc_routes; /* kinds that may attach */
	struct verdict accepted, conflict, resolved;
	struct string_list secrets;
	struct host_table *hosts; /* of the port (HTTP) or its own (HTTPS); NULL: none */
	struct host_set *http_hosts, *grpc_hosts; /* on which each kind stands */
	size_t attached;
	const struct carried *last_attached;
};

struct gateway_state {
	const struct carried *carried;
	const struct gateway *spec;
	const char *address; /* NULL: none */
	struct verdict accepted, addressed;
	struct verdict client; /* its certificate for backends */
	LIST_OF(struct listener) listeners;
};

/* Judges a Gateway and its listeners; what is not of our class gets its outcome at once. */
void gateway_prepare(struct tenant *tenant, const struct carried *carried);

/* NULL when it is not ours. */
struct gateway_state *gateway_find(struct tenant *tenant, const char *namespace, const char *name);

/* Does Envoy serve it: accepted, with an address, a port and its certificates? */
bool listener_serves(const struct listener *listener);

/* May the route attach as to its kind and namespace? (Gateway API AllowedRoutes) */
bool listener_allows(struct arena *arena, const struct listener *listener,
		     const struct carried *carried);

/* Are hosts under this name another listener's of the same port, which is more specific? */
bool listener_shadowed(const struct listener *listener, const char *host);

/* When all routes are attached: listeners and routes of the IR, status, outcome. */
void gateway_finish(struct tenant *tenant, struct gateway_state *gateway);
