/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API HTTPRoute, and what GRPCRoute shares with it: parents, backends, filters. */
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

struct object_ref {
	const char *group; /* NULL: core */
	const char *kind;  /* NULL: Service */
	const char *name;
	const char *namespace; /* NULL: the route's own */
	int64_t port;	       /* 0: none */
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
	json_t *extension_ref;
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

struct header_match {
	const char *type; /* NULL: Exact; else RegularExpression */
	const char *name, *value;
};

struct header_match_list {
	struct header_match *items;
	size_t count;
};

struct path_match {
	const char *type;  /* NULL: PathPrefix */
	const char *value; /* NULL: "/" */
};

struct http_match {
	struct path_match *path; /* NULL: PathPrefix "/" */
	struct header_match_list headers;
	struct header_match_list query_params;
	const char *method;
};

struct http_timeouts {
	const char *request, *backend_request;
};

struct http_retry {
	json_t *codes;	  /* list of 400..599 */
	int64_t attempts; /* 0: not given */
	const char *backoff;
};

struct http_rule {
	const char *name;
	LIST_OF(struct http_match) matches;
	struct filter_list filters;
	struct backend_list backend_refs;
	struct http_timeouts *timeouts;
	struct http_retry *retry;
	json_t *session_persistence;
};

struct parent_list {
	struct parent_ref *items;
	size_t count;
};

struct http_route {
	struct object_header header;
	struct parent_list parent_refs;
	struct string_list hostnames;
	LIST_OF(struct http_rule) rules;
	json_t *status;
};

extern const struct shape http_route_shape;

/* Shared with GRPCRoute. */
extern const struct shape parent_ref_shape;
extern const struct shape backend_ref_shape;
extern const struct shape http_filter_shape;
extern const struct shape header_match_shape;
