/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API HTTPRoute. */
#pragma once

#include "api/http_filter.h"

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
	struct int_list codes;
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

struct http_route {
	struct object_header header;
	struct parent_list parent_refs;
	struct string_list hostnames;
	LIST_OF(struct http_rule) rules;
	const char *default_gateways; /* nothing here is one */
	json_t *status;
};

extern const struct shape http_route_shape;

/* GRPCRoute's header matches: their schema asks less of a value. */
extern const struct shape grpc_header_match_shape;
