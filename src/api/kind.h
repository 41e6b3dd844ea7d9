/* SPDX-License-Identifier: Apache-2.0 */
/* The table of kinds: which there are, in which API versions they come, and how each is decoded. */
#pragma once

#include "json/shape.h"

enum kind {
	KIND_UNKNOWN,
	/* ours */
	KIND_LOAD_BALANCER,
	KIND_ROUTE,
	KIND_ADDRESSES,
	KIND_SYNC_SECRET,
	KIND_TENANT,
	KIND_CONFIG,
	/* a tenant's own */
	KIND_INGRESS,
	KIND_GATEWAY,
	KIND_HTTP_ROUTE,
	KIND_GRPC_ROUTE,
	KIND_SERVICE,
	KIND_SECRET,
	KIND_CONFIG_MAP,
	KIND_REFERENCE_GRANT,
	KIND_NAMESPACE,
	/* judged, not served */
	KIND_TLS_ROUTE,
	KIND_TCP_ROUTE,
	KIND_UDP_ROUTE,
	KIND_GATEWAY_CLASS,
	KINDS,
};

struct kind_info {
	const char *kind;	 /* "LoadBalancer" */
	const char *group;	 /* "" is core */
	const char *versions[6]; /* newest first, ends with NULL */
	const char *resource;	 /* "loadbalancers" */
	bool ours;		 /* of group kubelb.k8c.io */
	bool cluster_scoped;
	const struct shape *shape; /* NULL: route_decode() */
};

const struct kind_info *kind_info(enum kind kind);

/* By apiVersion ("networking.k8s.io/v1", "v1") and kind. KIND_UNKNOWN: none of ours to read. */
enum kind kind_find(const char *api_version, const char *kind);
enum kind kind_of(const json_t *object);

/* By group and kind alone, of whatever version ("" is core). */
enum kind kind_of_group(const char *group, const char *kind);

/* Decodes an object of a kind other than KIND_UNKNOWN as shape_decode() does, a Route of either shape. */
void *kind_decode(enum kind kind, const json_t *object, enum shape_unknown unknown,
		  struct problems *problems);

/* The group of an apiVersion: "" for "v1". In buffer, cut if it does not fit. */
const char *group_of(const char *api_version, char *buffer, size_t size);

/* "gateway.networking.k8s.io/v1" */
const char *kind_api_version(struct arena *arena, enum kind kind);
