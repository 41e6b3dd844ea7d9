/* SPDX-License-Identifier: Apache-2.0 */
/* One embedded object of a Route while it is judged, and where in the Route it stands. */
#pragma once

#include "admission/admission.h"
#include "api/route.h"

struct source {
	struct admission *admission;
	const struct route *route;
	const struct route_source *embedded;
	const char *namespace; /* in the tenant's own cluster */
	struct path root, parent, kubernetes, list, object, metadata, spec;
	struct reference_memory *memory; /* of source_check_references() */
};

/* In place: the paths point into each other. */
void source_init(struct source *source, struct admission *admission, const struct route *route,
		 const struct route_source *embedded);

/* Adds a violation of the embedded API's own schema (API001). */
void source_invalid(const struct source *source, enum problem_type type, const struct path *path,
		    const char *value, const char *format, ...) FORMAT(5, 6);

/* The schema and rules of each embedded API (Ingress' and Gateway API's own), and its hosts. */
void source_check_ingress(const struct source *source);
void source_check_gateway(const struct source *source);
void source_check_http_route(const struct source *source);
void source_check_grpc_route(const struct source *source);

/* What HTTPRoute and GRPCRoute share. */
void source_check_hostnames(const struct source *source, const struct string_list *hostnames);
void source_check_regex(const struct source *source, const struct path *path, const char *regex);
void source_check_matches(const struct source *source, const struct path *path,
			  const struct header_match_list *matches);
/* How many matches all rules of a route have together. */
void source_check_match_count(const struct source *source, size_t count);

/* Where filters stand: of which rule, and what that rule else has. */
struct filter_site {
	bool has_backends;     /* of a rule's own filters */
	bool one_prefix_match; /* exactly one match, of type PathPrefix */
	bool is_grpc;
};

void source_check_filters(const struct source *source, const struct path *parent,
			  const struct filter_list *filters, const struct filter_site *site);

/* Every reference of the object to something else, as it stands there. */
enum reference_role {
	ROLE_BACKEND,
	ROLE_MIRROR,
	ROLE_CERTIFICATE,
	ROLE_UNUSED, /* granted or refused, and nothing more: what it is for is not acted on */
};

struct source_reference {
	enum reference_role role;
	const struct path *path;  /* of the reference */
	const char *group, *kind; /* defaults filled in */
	const char *namespace;	  /* as written, or NULL */
	const char *name;
	int64_t port; /* 0: by name, or none */
	const char *port_name;
};

void source_visit_references(const struct source *source,
			     void (*visit)(const struct source *source,
					   const struct source_reference *reference));

/* The rules about references (RT003, RT007, RT008) and what they lead to. */
void source_check_references(const struct source *source);
