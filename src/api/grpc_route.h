/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API GRPCRoute. */
#pragma once

#include "api/http_route.h"

struct grpc_method {
	const char *type; /* NULL: Exact; else RegularExpression */
	const char *service, *method;
};

struct grpc_match {
	struct grpc_method *method; /* NULL: any */
	struct header_match_list headers;
};

struct grpc_rule {
	const char *name;
	LIST_OF(struct grpc_match) matches;
	struct filter_list filters;
	struct backend_list backend_refs;
	json_t *session_persistence;
};

struct grpc_route {
	struct object_header header;
	struct parent_list parent_refs;
	struct string_list hostnames;
	LIST_OF(struct grpc_rule) rules;
	const char *default_gateways; /* nothing here is one */
	json_t *status;
};

extern const struct shape grpc_route_shape;
