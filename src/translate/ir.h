/* SPDX-License-Identifier: Apache-2.0 */
/* What Ingress, HTTPRoute, GRPCRoute and LoadBalancer all lower to, and what one generator turns
 * into Envoy's resources. Values of one pass: they live in its arena. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "json/shape.h"

struct ir_endpoint {
	const char *address; /* canonical IP */
	uint16_t port;
};

enum ir_protocol {
	IR_TCP,
	IR_UDP,
	IR_HTTP,  /* HTTP/1.1 to the backend */
	IR_HTTP2, /* HTTP/2 with prior knowledge: gRPC, h2c */
};

/* One backend: an Envoy cluster and its ClusterLoadAssignment, of one name. */
struct ir_cluster {
	const char *name;
	enum ir_protocol protocol;
	bool source_ip;	     /* a client stays with an endpoint: Maglev on its address */
	bool proxy_protocol; /* PROXY v2 to the backend; TCP only */
	LIST_OF(struct ir_endpoint) endpoints;
};

struct ir_value_match {
	const char *name, *value;
	bool regex; /* RE2, the whole value */
};

enum ir_path_type {
	IR_PATH_PREFIX, /* by path element: /abc matches /abc and /abc/d, not /abcd */
	IR_PATH_EXACT,
	IR_PATH_REGEX, /* RE2, the whole path */
};

struct ir_match {
	enum ir_path_type path_type;
	const char *path;
	LIST_OF(struct ir_value_match) headers;
	LIST_OF(struct ir_value_match) queries;
	const char *method;	     /* NULL: any */
	const char *authority_regex; /* NULL: any; RE2 on the whole Host, port included */
};

struct ir_header_changes {
	struct string_map set, add;
	struct string_list remove;
};

struct ir_backend {
	const char
		*cluster; /* NULL: cannot be resolved; its share gets ir_route.unresolved_status */
	uint32_t weight;
	struct ir_header_changes request_headers, response_headers;
};

struct ir_redirect {
	const char *scheme; /* each NULL or 0: as in the request */
	const char *host;
	uint16_t port;
	const char *full_path, *prefix_path;
	uint16_t status; /* 301, 302, 303, 307, 308 */
};

struct ir_rewrite {
	const char *host;
	const char *full_path, *prefix_path; /* prefix_path "" or "/" makes /foo/bar to /bar */
};

struct ir_mirror {
	const char *cluster;
	uint32_t numerator, denominator; /* share of the requests that are copied */
};

/* One match and what it does. Exactly one of status, redirect and backends answers. */
struct ir_route {
	struct ir_match match;
	uint16_t status;		     /* not 0: answers this by itself, with an empty body */
	const struct ir_redirect *redirect;  /* NULL: none */
	LIST_OF(struct ir_backend) backends; /* weights add up to more than 0 */
	uint16_t unresolved_status;	     /* 500 (Gateway API) or 503 (Ingress, gRPC) */
	const struct ir_rewrite *rewrite;    /* NULL: none */
	struct ir_header_changes request_headers, response_headers;
	LIST_OF(struct ir_mirror) mirrors;
	uint32_t timeout_ms, backend_timeout_ms; /* 0: none */
};

/* Its routes are in order of precedence: Envoy takes the first that matches. */
struct ir_virtual_host {
	const char *name;
	struct string_list domains; /* Envoy's: "a.b", "*.b", "*"; matched without the port */
	LIST_OF(struct ir_route) routes;
};

struct ir_routes {
	const char *name;
	LIST_OF(struct ir_virtual_host) hosts;
};

struct ir_secret {
	const char *name;
	const char *certificates, *key; /* PEM, checked */
};

struct ir_filter_chain {
	const char *name;
	struct string_list server_names; /* SNI, exact or "*.b"; empty: any */
	struct string_list secrets;	 /* names of struct ir_secret; empty: no TLS */
	const char *routes;		 /* name of struct ir_routes: an HTTP chain */
	const char *cluster;		 /* else: TCP or UDP to this one */
};

struct ir_listener {
	const char *name;
	const char *address;
	uint16_t port;
	bool udp;
	LIST_OF(struct ir_filter_chain) chains; /* not empty; server names are disjoint */
};

struct ir {
	struct arena *arena;
	LIST_OF(struct ir_cluster) clusters;
	LIST_OF(struct ir_secret) secrets;
	LIST_OF(struct ir_listener) listeners;
	LIST_OF(struct ir_routes) routes;
};
