/* SPDX-License-Identifier: Apache-2.0 */
/* LoadBalancer: layer 4, a Service's ports and where its nodes answer. */
#pragma once

#include "api/endpoint.h"
#include "api/metadata.h"

struct load_balancer_port {
	const char *name;
	int64_t port;
	const char *protocol;
};

struct load_balancer {
	struct object_header header;
	LIST_OF(struct endpoints) endpoints;
	LIST_OF(struct load_balancer_port) ports;
	const char *hostname;
	const char *type; /* NULL: LoadBalancer */
	const char *external_traffic_policy;
	const char *persistence; /* "SourceIP" or NULL */
	json_t *status;
};

extern const struct shape load_balancer_shape;

/* The port of an endpoint group that the port at `index` of the LoadBalancer leads to: the one of its
 * name, else the one at its place when both lists have one length. NULL: none. */
const struct endpoint_port *load_balancer_target(const struct load_balancer *load_balancer,
						 size_t index, const struct endpoints *group);
