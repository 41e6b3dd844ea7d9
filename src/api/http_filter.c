/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API's filters and the backends that may have them, of HTTPRoute and GRPCRoute. */
#include "api/http_filter.h"

#include "api/format.h"
#include "api/gateway_format.h"
#include "base/str.h"

static const char *const modifier_types[] = { "ReplaceFullPath", "ReplacePrefixMatch", NULL };
static const char *const schemes[] = { "http", "https", NULL };
static const int64_t redirect_codes[] = { 301, 302, 303, 307, 308, 0 };
static const char *const cors_methods[] = { "GET",     "HEAD",	"POST",	 "PUT", "DELETE", "CONNECT",
					    "OPTIONS", "TRACE", "PATCH", "*",	NULL };
static const char *const auth_protocols[] = { "HTTP", "GRPC", NULL };
static const char *const session_types[] = { "Cookie", "Header", NULL };
static const char *const lifetime_types[] = { "Permanent", "Session", NULL };

static const struct shape_field name_value_fields[] = {
	FIELD(struct name_value, "name", name, SHAPE_STRING, .required = true,
	      .format = &format_header_name),
	FIELD(struct name_value, "value", value, SHAPE_STRING, .required = true, .min = 1,
	      .max = 4096, .format = &format_header_value),
	{ 0 },
};
static const struct shape name_value_shape = { sizeof(struct name_value), name_value_fields, NULL,
					       false };

static const struct shape_field header_modifier_fields[] = {
	FIELD(struct header_modifier, "set", set, SHAPE_LIST, .of = &name_value_shape, .max = 16,
	      .map_key = "name"),
	FIELD(struct header_modifier, "add", add, SHAPE_LIST, .of = &name_value_shape, .max = 16,
	      .map_key = "name"),
	FIELD(struct header_modifier, "remove", remove, SHAPE_STRINGS, .max = 16, .unique = true),
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
	FIELD(struct request_redirect, "statusCode", status_code, SHAPE_INT,
	      .numbers = redirect_codes, .absent = 302),
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

static const struct shape_field mirror_ref_fields[] = {
	OBJECT_REF_FIELDS(struct request_mirror, backend_ref),
	{ 0 },
};
static const struct shape mirror_ref_shape = { sizeof(struct request_mirror), mirror_ref_fields,
					       object_ref_check, false };

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
	FIELD(struct http_cors, "allowOrigins", allow_origins, SHAPE_STRINGS, .max = 64,
	      .unique = true, .format = &format_cors_origin),
	FIELD(struct http_cors, "allowMethods", allow_methods, SHAPE_STRINGS, .max = 9,
	      .unique = true, .values = cors_methods),
	FIELD(struct http_cors, "allowHeaders", allow_headers, SHAPE_STRINGS, .max = 64,
	      .unique = true, .format = &format_header_name),
	FIELD(struct http_cors, "exposeHeaders", expose_headers, SHAPE_STRINGS, .max = 64,
	      .unique = true, .format = &format_header_name),
	FIELD(struct http_cors, "allowCredentials", allow_credentials, SHAPE_BOOL),
	FIELD(struct http_cors, "maxAge", max_age, SHAPE_INT, .min = 1, .max = INT32_MAX,
	      .absent = 5),
	{ 0 },
};
static const struct shape cors_shape = { sizeof(struct http_cors), cors_fields, NULL, false };

static const struct shape_field local_ref_fields[] = {
	FIELD(struct object_ref, "group", group, SHAPE_STRING, .required = true,
	      .format = &format_group),
	FIELD(struct object_ref, "kind", kind, SHAPE_STRING, .required = true,
	      .format = &format_kind),
	FIELD(struct object_ref, "name", name, SHAPE_STRING, .required = true, .min = 1,
	      .max = 253),
	{ 0 },
};
static const struct shape local_ref_shape = { sizeof(struct object_ref), local_ref_fields, NULL,
					      false };

struct auth_protocol {
	const char *path;
	struct string_list allowed_headers, allowed_response_headers;
};

struct external_auth {
	struct object_ref backend_ref;
	const char *protocol;
	struct auth_protocol *grpc, *http;
	json_t *forward_body;
	int64_t max_size;
};

static const struct shape_field auth_grpc_fields[] = {
	FIELD(struct auth_protocol, "allowedHeaders", allowed_headers, SHAPE_STRINGS, .max = 64,
	      .unique = true),
	{ 0 },
};
static const struct shape auth_grpc_shape = { sizeof(struct auth_protocol), auth_grpc_fields, NULL,
					      false };

static const struct shape_field auth_http_fields[] = {
	FIELD(struct auth_protocol, "path", path, SHAPE_STRING, .min = 1, .max = 1024,
	      .format = &format_url_path),
	FIELD(struct auth_protocol, "allowedHeaders", allowed_headers, SHAPE_STRINGS, .max = 64,
	      .unique = true),
	FIELD(struct auth_protocol, "allowedResponseHeaders", allowed_response_headers,
	      SHAPE_STRINGS, .max = 64, .unique = true),
	{ 0 },
};
static const struct shape auth_http_shape = { sizeof(struct auth_protocol), auth_http_fields, NULL,
					      false };

static const struct shape_field auth_ref_fields[] = {
	OBJECT_REF_FIELDS(struct external_auth, backend_ref),
	{ 0 },
};
static const struct shape auth_ref_shape = { sizeof(struct external_auth), auth_ref_fields,
					     object_ref_check, false };

static const struct shape_field forward_body_fields[] = {
	FIELD(struct external_auth, "maxSize", max_size, SHAPE_INT),
	{ 0 },
};
static const struct shape forward_body_shape = { sizeof(struct external_auth), forward_body_fields,
						 NULL, false };

/* The member of its protocol, and no other. */
static void check_external_auth(const void *decoded, const struct path *path,
				struct problems *problems)
{
	const struct external_auth *auth = decoded;
	bool grpc = str_equal(auth->protocol, "GRPC");
	struct path wanted = path_key(path, grpc ? "grpc" : "http");
	struct path other = path_key(path, grpc ? "http" : "grpc");

	if (!(grpc ? auth->grpc : auth->http))
		problems_add(problems, "API001", PROBLEM_REQUIRED, &wanted, NULL,
			     "must be set for protocol %s", auth->protocol);
	if (grpc ? auth->http : auth->grpc)
		problems_add(problems, "API001", PROBLEM_FORBIDDEN, &other, NULL,
			     "must not be set for protocol %s", auth->protocol);
}

static const struct shape_field external_auth_fields[] = {
	{ .name = "backendRef", .type = SHAPE_OBJECT, .of = &auth_ref_shape, .required = true },
	FIELD(struct external_auth, "protocol", protocol, SHAPE_STRING, .required = true,
	      .values = auth_protocols),
	FIELD(struct external_auth, "grpc", grpc, SHAPE_POINTER, .of = &auth_grpc_shape),
	FIELD(struct external_auth, "http", http, SHAPE_POINTER, .of = &auth_http_shape),
	FIELD(struct external_auth, "forwardBody", forward_body, SHAPE_RAW,
	      .of = &forward_body_shape),
	{ 0 },
};
static const struct shape external_auth_shape = { sizeof(struct external_auth),
						  external_auth_fields, check_external_auth,
						  false };

static const struct shape_field filter_fields[] = {
	FIELD(struct http_filter, "type", type, SHAPE_STRING, .required = true,
	      .format = &format_kind),
	FIELD(struct http_filter, "requestHeaderModifier", request_headers, SHAPE_POINTER,
	      .of = &header_modifier_shape),
	FIELD(struct http_filter, "responseHeaderModifier", response_headers, SHAPE_POINTER,
	      .of = &header_modifier_shape),
	FIELD(struct http_filter, "requestMirror", mirror, SHAPE_POINTER, .of = &mirror_shape),
	FIELD(struct http_filter, "requestRedirect", redirect, SHAPE_POINTER,
	      .of = &redirect_shape),
	FIELD(struct http_filter, "urlRewrite", rewrite, SHAPE_POINTER, .of = &rewrite_shape),
	FIELD(struct http_filter, "cors", cors, SHAPE_POINTER, .of = &cors_shape),
	FIELD(struct http_filter, "extensionRef", extension_ref, SHAPE_RAW, .of = &local_ref_shape),
	FIELD(struct http_filter, "externalAuth", external_auth, SHAPE_RAW,
	      .of = &external_auth_shape),
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
const struct shape backend_ref_shape = { sizeof(struct backend_ref), backend_ref_fields,
					 object_ref_check, false };

struct session_persistence {
	const char *type, *session_name, *absolute_timeout, *lifetime_type;
	json_t *cookie;
};

static const struct shape_field cookie_fields[] = {
	FIELD(struct session_persistence, "lifetimeType", lifetime_type, SHAPE_STRING,
	      .values = lifetime_types),
	{ 0 },
};
static const struct shape cookie_shape = { sizeof(struct session_persistence), cookie_fields, NULL,
					   false };

static void check_session(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct session_persistence *session = decoded;
	struct path cookie = path_key(path, "cookieConfig");
	struct path timeout = path_key(path, "absoluteTimeout");

	if (session->cookie && str_equal(session->type, "Header"))
		problems_add(problems, "API001", PROBLEM_FORBIDDEN, &cookie, NULL,
			     "must not be set for type Header");
	if (str_equal(json_text(session->cookie, "lifetimeType"), "Permanent") &&
	    !session->absolute_timeout)
		problems_add(problems, "API001", PROBLEM_REQUIRED, &timeout, NULL,
			     "must be set for a Permanent cookie");
}

static const struct shape_field session_fields[] = {
	FIELD(struct session_persistence, "sessionName", session_name, SHAPE_STRING, .max = 128),
	FIELD(struct session_persistence, "type", type, SHAPE_STRING, .values = session_types),
	FIELD(struct session_persistence, "absoluteTimeout", absolute_timeout, SHAPE_STRING,
	      .format = &format_duration),
	FIELD(struct session_persistence, "cookieConfig", cookie, SHAPE_RAW, .of = &cookie_shape),
	{ 0 },
};
const struct shape session_persistence_shape = { sizeof(struct session_persistence), session_fields,
						 check_session, false };
