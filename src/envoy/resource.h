/* SPDX-License-Identifier: Apache-2.0 */
/* One encoded Envoy resource: immutable, counted, the value that crosses to the xDS thread. */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

/* In the order in which additions go out to Envoy, so that nothing refers to what it lacks. */
enum resource_type {
	RESOURCE_CLUSTER,
	RESOURCE_ENDPOINTS, /* ClusterLoadAssignment */
	RESOURCE_SECRET,
	RESOURCE_LISTENER,
	RESOURCE_ROUTES, /* RouteConfiguration */
	RESOURCE_TYPES,
};

struct resource {
	enum resource_type type;
	int references;	  /* atomic; of resource_ref() and resource_unref() only */
	char version[17]; /* hash of the bytes: equal content, equal version */
	size_t size;
	const unsigned char *bytes; /* the protobuf message, without its Any envelope */
	const char *name;
};

/* Copies name and bytes. One reference, the caller's. */
struct resource *resource_new(enum resource_type type, const char *name, const void *bytes,
			      size_t size);
struct resource *resource_ref(struct resource *resource);
void resource_unref(struct resource *resource);
CLEANUP_DEFINE(resource_unref, struct resource *)

/* "type.googleapis.com/envoy.config.cluster.v3.Cluster", … */
const char *resource_type_url(enum resource_type type);
