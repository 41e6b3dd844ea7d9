/* SPDX-License-Identifier: Apache-2.0 */
/* What a backend reference comes to: a cluster with the tenant's nodes, or a reason why not. */
#pragma once

#include "translate/tenant.h"

struct backend {
	const char *cluster; /* NULL: unresolved */
	const char *reason;  /* Gateway API's RouteConditionReason, or NULL */
	const char *message;
	const char *dropped; /* endpoints that were left out, and why; or NULL */
};

/* The Service that the Route carries under this name. namespace NULL: in whatever namespace. */
const struct service *backend_service(const struct hub_route *hub, const char *namespace,
				      const char *name);

/* A port of a Service by number, or by name where that is given. The cluster is made at first need;
 * grpc: HTTP/2 whatever the port says. */
struct backend backend_of_service(struct tenant *tenant, struct hub_route *hub,
				  const struct service *service, int64_t port,
				  const char *port_name, bool grpc);

/* A backendRef of a HTTPRoute or GRPCRoute, its grants included. */
struct backend backend_of_ref(struct tenant *tenant, const struct carried *from,
			      const struct object_ref *ref);
