/* SPDX-License-Identifier: Apache-2.0 */
/* What every Kubernetes object has: metadata. And the names that the hub gives meaning to. */
#pragma once

#include "json/shape.h"

#define KUBELB_GROUP "kubelb.k8c.io"
#define LABEL_TENANT "kubelb.k8c.io/tenant"
#define LABEL_ORIGIN_NAME "kubelb.k8c.io/origin-name"
#define LABEL_ORIGIN_NAMESPACE "kubelb.k8c.io/origin-ns"
#define LABEL_ORIGIN_KIND "kubelb.k8c.io/origin-resource-kind"
#define LABEL_MANAGED_BY "kubelb.k8c.io/managed-by"
#define LABEL_LB_NAME "kubelb.k8c.io/lb-name"
#define LABEL_LB_NAMESPACE "kubelb.k8c.io/lb-namespace"
#define LABEL_PREFIX "kubelb.k8c.io/"
#define ANNOTATION_PROXY_PROTOCOL "kubelb.k8c.io/proxy-protocol"
#define FINALIZER_CLEANUP "kubelb.k8c.io/cleanup"
#define FINALIZER_CLEANUP_HOSTNAME "kubelb.k8c.io/cleanup-hostname"
#define FINALIZER_CLEANUP_PROXY "kubelb.k8c.io/cleanup-envoy-proxy"
#define TENANT_NAMESPACE_PREFIX "tenant-"

struct metadata {
	const char *name;
	const char *namespace;
	const char *generate_name;
	const char *uid;
	const char *resource_version;
	const char *creation_timestamp;
	const char *deletion_timestamp;
	int64_t generation;
	struct string_map labels;
	struct string_map annotations;
	struct string_list finalizers;
	json_t *deletion_grace, *self_link; /* the server's; nothing reads them */
	json_t *owner_references;
	json_t *managed_fields;
};

extern const struct shape metadata_shape;

/* The first member, `header`, of every typed kind; HEADER_FIELDS(struct route) describes it. */
struct object_header {
	const char *api_version;
	const char *kind;
	struct metadata metadata;
};

#define HEADER_FIELDS(type)                                          \
	FIELD(type, "apiVersion", header.api_version, SHAPE_STRING), \
		FIELD(type, "kind", header.kind, SHAPE_STRING),      \
		FIELD(type, "metadata", header.metadata, SHAPE_OBJECT, .of = &metadata_shape)

/* "x" for the namespace "tenant-x", NULL for any other. Borrowed from namespace. */
const char *tenant_of_namespace(const char *namespace);
