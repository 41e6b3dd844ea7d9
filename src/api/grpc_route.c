/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API GRPCRoute. */
#include "api/grpc_route.h"

#include "api/format.h"

static const char *const match_types[] = { "Exact", "RegularExpression", NULL };

static void check_method(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct grpc_method *method = decoded;

	if (!method->service && !method->method)
		problems_add(problems, "API001", PROBLEM_REQUIRED, path, NULL,
			     "needs a service, a method or both");
}

static const struct shape_field method_fields[] = {
	FIELD(struct grpc_method, "type", type, SHAPE_STRING, .values = match_types),
	FIELD(struct grpc_method, "service", service, SHAPE_STRING, .max = 1024),
	FIELD(struct grpc_method, "method", method, SHAPE_STRING, .max = 1024),
	{ 0 },
};
static const struct shape method_shape = { sizeof(struct grpc_method), method_fields, check_method,
					   false };

static const struct shape_field match_fields[] = {
	FIELD(struct grpc_match, "method", method, SHAPE_POINTER, .of = &method_shape),
	FIELD(struct grpc_match, "headers", headers, SHAPE_LIST, .of = &header_match_shape,
	      .max = 16),
	{ 0 },
};
static const struct shape match_shape = { sizeof(struct grpc_match), match_fields, NULL, false };

static const struct shape_field rule_fields[] = {
	FIELD(struct grpc_rule, "name", name, SHAPE_STRING, .format = &format_dns_subdomain),
	FIELD(struct grpc_rule, "matches", matches, SHAPE_LIST, .of = &match_shape, .max = 64),
	FIELD(struct grpc_rule, "filters", filters, SHAPE_LIST, .of = &http_filter_shape,
	      .max = 16),
	FIELD(struct grpc_rule, "backendRefs", backend_refs, SHAPE_LIST, .of = &backend_ref_shape,
	      .max = 16),
	FIELD(struct grpc_rule, "sessionPersistence", session_persistence, SHAPE_RAW),
	{ 0 },
};
static const struct shape rule_shape = { sizeof(struct grpc_rule), rule_fields, NULL, false };

static const struct shape_field spec_fields[] = {
	FIELD(struct grpc_route, "parentRefs", parent_refs, SHAPE_LIST, .of = &parent_ref_shape,
	      .max = 32),
	FIELD(struct grpc_route, "hostnames", hostnames, SHAPE_STRINGS, .max = 16),
	FIELD(struct grpc_route, "rules", rules, SHAPE_LIST, .of = &rule_shape, .max = 16),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct grpc_route), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct grpc_route),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape },
	FIELD(struct grpc_route, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape grpc_route_shape = { sizeof(struct grpc_route), fields, NULL, false };
