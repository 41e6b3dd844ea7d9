/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API's filters and the backends that may have them, of HTTPRoute and GRPCRoute. */
#pragma once

#include "api/parent_ref.h"

struct name_value {
	const char *name, *value;
};

struct header_modifier {
	LIST_OF(struct name_value) set;
	LIST_OF(struct name_value) add;
	struct string_list remove;
};

struct path_modifier {
	const char *type; /* ReplaceFullPath or ReplacePrefixMatch */
	const char *replace_full_path;
	const char *replace_prefix_match;
};

struct request_redirect {
	const char *scheme, *hostname;
	struct path_modifier *path;
	int64_t port;	     /* 0: by scheme, or the listener's */
	int64_t status_code; /* 302 when absent */
};

struct url_rewrite {
	const char *hostname;
	struct path_modifier *path;
};

struct fraction {
	int64_t numerator, denominator; /* 100 when absent */
};

struct request_mirror {
	struct object_ref backend_ref;
	int64_t percent; /* -1: none given */
	struct fraction *fraction;
};

struct http_cors {
	struct string_list allow_origins, allow_methods, allow_headers, expose_headers;
	enum tristate allow_credentials;
	int64_t max_age; /* seconds, 5 when absent */
};

/* Also GRPCRoute's filters, which are a subset. */
struct http_filter {
	const char *type;
	struct header_modifier *request_headers;
	struct header_modifier *response_headers;
	struct request_mirror *mirror;
	struct request_redirect *redirect;
	struct url_rewrite *rewrite;
	struct http_cors *cors;
	json_t *extension_ref; /* judged by its schema, never acted on */
	json_t *external_auth;
};

struct filter_list {
	struct http_filter *items;
	size_t count;
};

struct backend_ref {
	struct object_ref ref;
	int64_t weight; /* 1 when absent */
	struct filter_list filters;
};

struct backend_list {
	struct backend_ref *items;
	size_t count;
};

extern const struct shape http_filter_shape;
extern const struct shape backend_ref_shape;
extern const struct shape session_persistence_shape;
