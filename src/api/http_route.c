/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API HTTPRoute. */
#include "api/http_route.h"

#include "api/format.h"
#include "api/gateway_format.h"

static const char *const match_types[] = { "Exact", "RegularExpression", NULL };
static const char *const path_types[] = { "Exact", "PathPrefix", "RegularExpression", NULL };
static const char *const methods[] = { "GET",	  "HEAD",    "POST",  "PUT",   "DELETE",
				       "CONNECT", "OPTIONS", "TRACE", "PATCH", NULL };

#define MATCH_FIELDS(...)                                                                  \
	FIELD(struct header_match, "type", type, SHAPE_STRING, .values = match_types),     \
		FIELD(struct header_match, "name", name, SHAPE_STRING, .required = true,   \
		      .format = &format_header_name),                                      \
		FIELD(struct header_match, "value", value, SHAPE_STRING, .required = true, \
		      .min = 1, __VA_ARGS__)

static const struct shape_field header_match_fields[] = {
	MATCH_FIELDS(.max = 4096, .format = &format_header_value),
	{ 0 },
};
static const struct shape header_match_shape = { sizeof(struct header_match), header_match_fields,
						 NULL, false };

static const struct shape_field query_match_fields[] = {
	MATCH_FIELDS(.max = 1024),
	{ 0 },
};
static const struct shape query_match_shape = { sizeof(struct header_match), query_match_fields,
						NULL, false };

static const struct shape_field grpc_header_match_fields[] = {
	MATCH_FIELDS(.max = 4096),
	{ 0 },
};
const struct shape grpc_header_match_shape = { sizeof(struct header_match),
					       grpc_header_match_fields, NULL, false };

static const struct shape_field path_match_fields[] = {
	FIELD(struct path_match, "type", type, SHAPE_STRING, .values = path_types),
	FIELD(struct path_match, "value", value, SHAPE_STRING, .max = 1024),
	{ 0 },
};
static const struct shape path_match_shape = { sizeof(struct path_match), path_match_fields, NULL,
					       false };

static const struct shape_field match_fields[] = {
	FIELD(struct http_match, "path", path, SHAPE_POINTER, .of = &path_match_shape),
	FIELD(struct http_match, "headers", headers, SHAPE_LIST, .of = &header_match_shape,
	      .max = 16, .map_key = "name"),
	FIELD(struct http_match, "queryParams", query_params, SHAPE_LIST, .of = &query_match_shape,
	      .max = 16, .map_key = "name"),
	FIELD(struct http_match, "method", method, SHAPE_STRING, .values = methods),
	{ 0 },
};
static const struct shape match_shape = { sizeof(struct http_match), match_fields, NULL, false };

static const struct shape_field timeouts_fields[] = {
	FIELD(struct http_timeouts, "request", request, SHAPE_STRING, .format = &format_duration),
	FIELD(struct http_timeouts, "backendRequest", backend_request, SHAPE_STRING,
	      .format = &format_duration),
	{ 0 },
};
static const struct shape timeouts_shape = { sizeof(struct http_timeouts), timeouts_fields, NULL,
					     false };

static const struct shape_field retry_fields[] = {
	FIELD(struct http_retry, "codes", codes, SHAPE_INTS, .min = 400, .max = 599,
	      .unique = true),
	FIELD(struct http_retry, "attempts", attempts, SHAPE_INT, .min = 1, .max = INT32_MAX),
	FIELD(struct http_retry, "backoff", backoff, SHAPE_STRING, .format = &format_duration),
	{ 0 },
};
static const struct shape retry_shape = { sizeof(struct http_retry), retry_fields, NULL, false };

static const struct shape_field rule_fields[] = {
	FIELD(struct http_rule, "name", name, SHAPE_STRING, .format = &format_dns_subdomain),
	FIELD(struct http_rule, "matches", matches, SHAPE_LIST, .of = &match_shape, .max = 64),
	FIELD(struct http_rule, "filters", filters, SHAPE_LIST, .of = &http_filter_shape,
	      .max = 16),
	FIELD(struct http_rule, "backendRefs", backend_refs, SHAPE_LIST, .of = &backend_ref_shape,
	      .max = 16),
	FIELD(struct http_rule, "timeouts", timeouts, SHAPE_POINTER, .of = &timeouts_shape),
	FIELD(struct http_rule, "retry", retry, SHAPE_POINTER, .of = &retry_shape),
	FIELD(struct http_rule, "sessionPersistence", session_persistence, SHAPE_RAW,
	      .of = &session_persistence_shape),
	{ 0 },
};
static const struct shape rule_shape = { sizeof(struct http_rule), rule_fields, NULL, false };

static const struct shape_field spec_fields[] = {
	PARENT_REFS_FIELD(struct http_route),
	FIELD(struct http_route, "hostnames", hostnames, SHAPE_STRINGS, .max = 16),
	FIELD(struct http_route, "rules", rules, SHAPE_LIST, .of = &rule_shape, .min = 1, .max = 16,
	      .map_key = "name"),
	FIELD(struct http_route, "useDefaultGateways", default_gateways, SHAPE_STRING,
	      .values = default_gateway_scopes),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct http_route), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct http_route),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	FIELD(struct http_route, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape http_route_shape = { sizeof(struct http_route), fields, NULL, false };
