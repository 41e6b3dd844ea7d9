/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API HTTPRoute, and what GRPCRoute shares with it. */
#include "api/http_route.h"

#include "api/format.h"

static const char *const match_types[] = { "Exact", "RegularExpression", NULL };
static const char *const path_types[] = { "Exact", "PathPrefix", "RegularExpression", NULL };
static const char *const modifier_types[] = { "ReplaceFullPath", "ReplacePrefixMatch", NULL };
static const char *const schemes[] = { "http", "https", NULL };
static const char *const methods[] = { "GET",	  "HEAD",    "POST",  "PUT",   "DELETE",
				       "CONNECT", "OPTIONS", "TRACE", "PATCH", NULL };

static const struct shape_field parent_ref_fields[] = {
	FIELD(struct parent_ref, "group", group, SHAPE_STRING, .format = &format_group),
	FIELD(struct parent_ref, "kind", kind, SHAPE_STRING, .format = &format_kind),
	FIELD(struct parent_ref, "namespace", namespace, SHAPE_STRING, .format = &format_dns_label),
	FIELD(struct parent_ref, "name", name, SHAPE_STRING, .required = true, .min = 1,
	      .max = 253),
	FIELD(struct parent_ref, "sectionName", section_name, SHAPE_STRING,
	      .format = &format_dns_subdomain),
	FIELD(struct parent_ref, "port", port, SHAPE_INT, .min = 1, .max = 65535),
	{ 0 },
};
const struct shape parent_ref_shape = { sizeof(struct parent_ref), parent_ref_fields, NULL, false };

static const struct shape_field name_value_fields[] = {
	FIELD(struct name_value, "name", name, SHAPE_STRING, .required = true,
	      .format = &format_header_name),
	FIELD(struct name_value, "value", value, SHAPE_STRING, .required = true, .min = 1,
	      .max = 4096),
	{ 0 },
};
static const struct shape name_value_shape = { sizeof(struct name_value), name_value_fields, NULL,
					       false };

static const struct shape_field header_modifier_fields[] = {
	FIELD(struct header_modifier, "set", set, SHAPE_LIST, .of = &name_value_shape, .max = 16),
	FIELD(struct header_modifier, "add", add, SHAPE_LIST, .of = &name_value_shape, .max = 16),
	FIELD(struct header_modifier, "remove", remove, SHAPE_STRINGS, .max = 16),
	{ 0 },
};
static const struct shape header_modifier_shape = { sizeof(struct header_modifier),
						    header_modifier_fields, NULL, false };

static const struct shape_field path_modifier_fields[] = {
	FIELD(struct path_modifier, "type", type, SHAPE_STRING, .required = true,
	      .values = modifier_types),
	FIELD(struct path_modifier, "replaceFullPath", replace_full_path, SHAPE_STRING,
	      .max = 1024),
	FIELD(struct path_modifier, "replacePrefixMatch", replace_prefix_match, SHAPE_STRING,
	      .max = 1024),
	{ 0 },
};
static const struct shape path_modifier_shape = { sizeof(struct path_modifier),
						  path_modifier_fields, NULL, false };

static const struct shape_field redirect_fields[] = {
	FIELD(struct request_redirect, "scheme", scheme, SHAPE_STRING, .values = schemes),
	FIELD(struct request_redirect, "hostname", hostname, SHAPE_STRING,
	      .format = &format_dns_subdomain),
	FIELD(struct request_redirect, "path", path, SHAPE_POINTER, .of = &path_modifier_shape),
	FIELD(struct request_redirect, "port", port, SHAPE_INT, .min = 1, .max = 65535),
	FIELD(struct request_redirect, "statusCode", status_code, SHAPE_INT, .min = 301, .max = 308,
	      .absent = 302),
	{ 0 },
};
static const struct shape redirect_shape = { sizeof(struct request_redirect), redirect_fields, NULL,
					     false };

static const struct shape_field rewrite_fields[] = {
	FIELD(struct url_rewrite, "hostname", hostname, SHAPE_STRING,
	      .format = &format_dns_subdomain),
	FIELD(struct url_rewrite, "path", path, SHAPE_POINTER, .of = &path_modifier_shape),
	{ 0 },
};
static const struct shape rewrite_shape = { sizeof(struct url_rewrite), rewrite_fields, NULL,
					    false };

#define OBJECT_REF_FIELDS(type, member)                                                    \
	FIELD(type, "group", member.group, SHAPE_STRING, .format = &format_group),         \
		FIELD(type, "kind", member.kind, SHAPE_STRING, .format = &format_kind),    \
		FIELD(type, "name", member.name, SHAPE_STRING, .required = true, .min = 1, \
		      .max = 253),                                                         \
		FIELD(type, "namespace", member.namespace, SHAPE_STRING,                   \
		      .format = &format_dns_label),                                        \
		FIELD(type, "port", member.port, SHAPE_INT, .min = 1, .max = 65535)

static const struct shape_field mirror_ref_fields[] = {
	OBJECT_REF_FIELDS(struct request_mirror, backend_ref),
	{ 0 },
};
static const struct shape mirror_ref_shape = { sizeof(struct request_mirror), mirror_ref_fields,
					       NULL, false };

static const struct shape_field fraction_fields[] = {
	FIELD(struct fraction, "numerator", numerator, SHAPE_INT, .required = true,
	      .max = INT32_MAX),
	FIELD(struct fraction, "denominator", denominator, SHAPE_INT, .min = 1, .max = INT32_MAX,
	      .absent = 100),
	{ 0 },
};
static const struct shape fraction_shape = { sizeof(struct fraction), fraction_fields, NULL,
					     false };

static const struct shape_field mirror_fields[] = {
	{ .name = "backendRef", .type = SHAPE_OBJECT, .of = &mirror_ref_shape, .required = true },
	FIELD(struct request_mirror, "percent", percent, SHAPE_INT, .max = 100, .absent = -1),
	FIELD(struct request_mirror, "fraction", fraction, SHAPE_POINTER, .of = &fraction_shape),
	{ 0 },
};
static const struct shape mirror_shape = { sizeof(struct request_mirror), mirror_fields, NULL,
					   false };

static const struct shape_field cors_fields[] = {
	FIELD(struct http_cors, "allowOrigins", allow_origins, SHAPE_STRINGS, .max = 64),
	FIELD(struct http_cors, "allowMethods", allow_methods, SHAPE_STRINGS, .max = 9),
	FIELD(struct http_cors, "allowHeaders", allow_headers, SHAPE_STRINGS, .max = 64),
	FIELD(struct http_cors, "exposeHeaders", expose_headers, SHAPE_STRINGS, .max = 64),
	FIELD(struct http_cors, "allowCredentials", allow_credentials, SHAPE_BOOL),
	FIELD(struct http_cors, "maxAge", max_age, SHAPE_INT, .min = 1, .max = INT32_MAX,
	      .absent = 5),
	{ 0 },
};
static const struct shape cors_shape = { sizeof(struct http_cors), cors_fields, NULL, false };

static const struct shape_field filter_fields[] = {
	FIELD(struct http_filter, "type", type, SHAPE_STRING, .required = true),
	FIELD(struct http_filter, "requestHeaderModifier", request_headers, SHAPE_POINTER,
	      .of = &header_modifier_shape),
	FIELD(struct http_filter, "responseHeaderModifier", response_headers, SHAPE_POINTER,
	      .of = &header_modifier_shape),
	FIELD(struct http_filter, "requestMirror", mirror, SHAPE_POINTER, .of = &mirror_shape),
	FIELD(struct http_filter, "requestRedirect", redirect, SHAPE_POINTER,
	      .of = &redirect_shape),
	FIELD(struct http_filter, "urlRewrite", rewrite, SHAPE_POINTER, .of = &rewrite_shape),
	FIELD(struct http_filter, "cors", cors, SHAPE_POINTER, .of = &cors_shape),
	FIELD(struct http_filter, "extensionRef", extension_ref, SHAPE_RAW),
	FIELD(struct http_filter, "externalAuth", external_auth, SHAPE_RAW),
	{ 0 },
};
const struct shape http_filter_shape = { sizeof(struct http_filter), filter_fields, NULL, false };

static const struct shape_field backend_ref_fields[] = {
	OBJECT_REF_FIELDS(struct backend_ref, ref),
	FIELD(struct backend_ref, "weight", weight, SHAPE_INT, .max = 1000000, .absent = 1),
	FIELD(struct backend_ref, "filters", filters, SHAPE_LIST, .of = &http_filter_shape,
	      .max = 16),
	{ 0 },
};
const struct shape backend_ref_shape = { sizeof(struct backend_ref), backend_ref_fields, NULL,
					 false };

static const struct shape_field header_match_fields[] = {
	FIELD(struct header_match, "type", type, SHAPE_STRING, .values = match_types),
	FIELD(struct header_match, "name", name, SHAPE_STRING, .required = true,
	      .format = &format_header_name),
	FIELD(struct header_match, "value", value, SHAPE_STRING, .required = true, .min = 1,
	      .max = 4096),
	{ 0 },
};
const struct shape header_match_shape = { sizeof(struct header_match), header_match_fields, NULL,
					  false };

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
	      .max = 16),
	FIELD(struct http_match, "queryParams", query_params, SHAPE_LIST, .of = &header_match_shape,
	      .max = 16),
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
	FIELD(struct http_retry, "codes", codes, SHAPE_RAW),
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
	FIELD(struct http_rule, "sessionPersistence", session_persistence, SHAPE_RAW),
	{ 0 },
};
static const struct shape rule_shape = { sizeof(struct http_rule), rule_fields, NULL, false };

static const struct shape_field spec_fields[] = {
	FIELD(struct http_route, "parentRefs", parent_refs, SHAPE_LIST, .of = &parent_ref_shape,
	      .max = 32),
	FIELD(struct http_route, "hostnames", hostnames, SHAPE_STRINGS, .max = 16),
	FIELD(struct http_route, "rules", rules, SHAPE_LIST, .of = &rule_shape, .max = 16),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct http_route), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct http_route),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape },
	FIELD(struct http_route, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape http_route_shape = { sizeof(struct http_route), fields, NULL, false };
