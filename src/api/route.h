/* SPDX-License-Identifier: Apache-2.0 */
/* Route: layer 7, a tenant's Ingress or Gateway API object embedded with what it refers to. */
#pragma once

#include "api/endpoint.h"
#include "api/gateway.h"
#include "api/grpc_route.h"
#include "api/http_route.h"
#include "api/ingress.h"
#include "api/kind.h"
#include "api/metadata.h"
#include "api/reference_grant.h"
#include "api/service.h"

/* A namespace of the tenant's own cluster, for allowedRoutes selectors. */
struct namespace_labels {
	const char *name;
	struct string_map labels;
};

/* One embedded object, decoded. */
struct route_source {
	enum kind kind;	   /* KIND_INGRESS, KIND_GATEWAY, KIND_HTTP_ROUTE, KIND_GRPC_ROUTE;
					 * KIND_UNKNOWN when it cannot be served */
	json_t *json;	   /* the object itself, brought to v1; borrowed */
	const char *field; /* "resource" or "ingresses[2]" below source.kubernetes */
	size_t index;	   /* in ingresses[] */
	bool pre_scoped;   /* of ingresses[]: lies in the Route's own namespace, and its
					 * backends bind to services[] by name alone */
	const struct object_header *header;
	union {
		struct ingress *ingress;
		struct gateway *gateway;
		struct http_route *http_route;
		struct grpc_route *grpc_route;
	};
};

#define ROUTE_SOURCES_MAX 64
#define ROUTE_SERVICES_MAX 256
#define ROUTE_GRANTS_MAX 256

struct route_source_list {
	struct route_source *items;
	size_t count;
};

struct route {
	struct object_header header;
	LIST_OF(struct endpoints) endpoints;
	struct route_source_list sources; /* of either shape */
	LIST_OF(struct service) services;
	LIST_OF(struct reference_grant) grants;
	LIST_OF(struct namespace_labels) namespaces;
	bool has_resource, has_ingresses; /* which shapes were written */
	json_t *resource, *ingresses, *services_json, *grants_json;
	json_t *status;
};

/* Of the Route itself: what it embeds is RAW, and decoded by route_decode(). */
extern const struct shape route_shape;

/* Decodes a Route of either shape: the one place that knows both. Embedded objects have to be of
 * their newest version already (route_normalise()). As shape_decode(): never NULL. */
struct route *route_decode(const json_t *object, enum shape_unknown unknown,
			   struct problems *problems);

/* Brings what is embedded to the version that we read, in the field in which it was written:
 * Ingress to networking.k8s.io/v1, Gateway API kinds to v1. Idempotent. */
void route_normalise(json_t *object);

/* The namespace in the tenant's own cluster in which an embedded object lies: its own, or
 * "default"; for a pre-scoped source the Route's. */
const char *source_namespace(const struct route *route, const struct route_source *source);

/* The namespace in which a Service or a ReferenceGrant of a Route lies. */
const char *embedded_namespace(const struct object_header *header);

/* The Service that a backend of a source names. namespace is the reference's, defaults filled in; a
 * pre-scoped source does not look at it. NULL: not in services[]; *ret_ambiguous (may be NULL): because
 * several namespaces have one of that name. */
const struct service *route_service(const struct route *route, const struct route_source *source,
				    const char *namespace, const char *name, bool *ret_ambiguous);

/* The port on which an endpoint group answers for a port of a Service: the Service's nodePort, else
 * the group's port of its name, else the only one, else the one at its place when both lists have
 * one length. 0: none. */
int64_t route_upstream_port(const struct service *service, const struct service_port *port,
			    const struct endpoints *group);
