/* SPDX-License-Identifier: Apache-2.0 */
/* What a route of Gateway API attaches to, and what it sends traffic to. */
#pragma once

#include "api/metadata.h"

struct parent_ref {
	const char *group;     /* NULL: GATEWAY_GROUP */
	const char *kind;      /* NULL: Gateway */
	const char *namespace; /* NULL: the route's own */
	const char *name;
	const char *section_name; /* NULL: any listener */
	int64_t port;		  /* 0: any */
};

struct parent_list {
	struct parent_ref *items;
	size_t count;
};

struct object_ref {
	const char *group; /* NULL: core */
	const char *kind;  /* NULL: Service */
	const char *name;
	const char *namespace; /* NULL: the route's own */
	int64_t port;	       /* 0: none */
};

extern const struct shape parent_ref_shape;

/* The parentRefs of a route's spec: how many, and how two of one parent are told apart. */
#define PARENT_REFS_FIELD(type)                                                                \
	FIELD(type, "parentRefs", parent_refs, SHAPE_LIST, .of = &parent_ref_shape, .max = 32, \
	      .check_items = parent_refs_check)

void parent_refs_check(const void *items, size_t count, const struct path *path,
		       struct problems *problems);

#define OBJECT_REF_FIELDS(type, member)                                                    \
	FIELD(type, "group", member.group, SHAPE_STRING, .format = &format_group),         \
		FIELD(type, "kind", member.kind, SHAPE_STRING, .format = &format_kind),    \
		FIELD(type, "name", member.name, SHAPE_STRING, .required = true, .min = 1, \
		      .max = 253),                                                         \
		FIELD(type, "namespace", member.namespace, SHAPE_STRING,                   \
		      .format = &format_dns_label),                                        \
		FIELD(type, "port", member.port, SHAPE_INT, .min = 1, .max = 65535)

/* A reference to a Service names a port. The check of a struct that begins with an object_ref. */
void object_ref_check(const void *decoded, const struct path *path, struct problems *problems);

/* spec.useDefaultGateways (experimental): nothing here is a default Gateway. */
extern const char *const default_gateway_scopes[];
