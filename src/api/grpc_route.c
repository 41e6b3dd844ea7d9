/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API GRPCRoute. */
#include "api/grpc_route.h"

#include "api/format.h"
#include "api/gateway_format.h"
#include "base/str.h"

static const char *const match_types[] = { "Exact", "RegularExpression", NULL };

static void check_method(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct grpc_method *method = decoded;
	struct path service = path_key(path, "service"), name = path_key(path, "method");

	if (!method->service && !method->method)
		problems_add(problems, "API001", PROBLEM_REQUIRED, path, NULL,
			     "needs a service, a method or both");
	if (str_equal(method->type, "RegularExpression"))
		return;
	if (method->service && !is_grpc_service(method->service))
		problems_add(problems, "API001", PROBLEM_INVALID, &service, method->service,
			     "must be the name of a gRPC service: identifiers with dots between");
	if (method->method && !is_grpc_method(method->method))
		problems_add(problems, "API001", PROBLEM_INVALID, &name, method->method,
			     "must be the name of a gRPC method: an identifier");
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
	FIELD(struct grpc_match, "headers", headers, SHAPE_LIST, .of = &grpc_header_match_shape,
	      .max = 16, .map_key = "name"),
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
	FIELD(struct grpc_rule, "sessionPersistence", session_persistence, SHAPE_RAW,
	      .of = &session_persistence_shape),
	{ 0 },
};
static const struct shape rule_shape = { sizeof(struct grpc_rule), rule_fields, NULL, false };

static const struct shape_field spec_fields[] = {
	PARENT_REFS_FIELD(struct grpc_route),
	FIELD(struct grpc_route, "hostnames", hostnames, SHAPE_STRINGS, .max = 16),
	FIELD(struct grpc_route, "rules", rules, SHAPE_LIST, .of = &rule_shape, .max = 16,
	      .map_key = "name"),
	FIELD(struct grpc_route, "useDefaultGateways", default_gateways, SHAPE_STRING,
	      .values = default_gateway_scopes),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct grpc_route), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct grpc_route),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	FIELD(struct grpc_route, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape grpc_route_shape = { sizeof(struct grpc_route), fields, NULL, false };
