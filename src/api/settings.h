/* SPDX-License-Identifier: Apache-2.0 */
/* What Config sets for all tenants and a Tenant may set for itself. */
#pragma once

#include "api/metadata.h"

/* Where endpoints may lie, see policy/address_policy.h. */
struct endpoint_policy {
	struct string_list allowed_cidrs;
	struct string_list denied_cidrs;
	struct string_list allowed_hostname_suffixes;
};

/* Limits are -1 where none is set. */
struct load_balancer_settings {
	const char *class;
	enum tristate disable, disable_node_port;
	int64_t limit;
};

struct ingress_settings {
	const char *class;
	enum tristate disable;
};

/* What gatewayAPI can switch off besides itself. */
enum disabled_kind {
	DISABLED_HTTP_ROUTE,
	DISABLED_GRPC_ROUTE,
	DISABLED_TCP_ROUTE,
	DISABLED_UDP_ROUTE,
	DISABLED_TLS_ROUTE,
	DISABLED_BACKEND_TRAFFIC_POLICY,
	DISABLED_CLIENT_TRAFFIC_POLICY,
	DISABLED_KINDS,
};

struct gateway_api_settings {
	const char *class;
	enum tristate disable;
	enum tristate disabled_kinds[DISABLED_KINDS];
	json_t *default_gateway;
	int64_t gateway_limit;
};

struct dns_settings {
	const char *wildcard_domain;
	enum tristate allow_explicit_hostnames, use_dns_annotations, use_certificate_annotations;
	enum tristate disable;
	struct string_list allowed_domains;
};

struct certificate_settings {
	const char *default_cluster_issuer;
	enum tristate disable;
	struct string_list allowed_domains;
};

struct header_limits {
	int64_t max_request_headers_kb, max_request_headers_count, max_response_headers_kb;
};

struct graceful_shutdown {
	enum tristate disabled;
	const char *drain_timeout, *min_drain_duration;
	int64_t termination_grace_period_seconds;
};

struct overload_manager {
	enum tristate enabled;
	int64_t max_active_downstream_connections, max_heap_size_bytes;
};

struct envoy_proxy_settings {
	const char *topology; /* NULL: shared */
	enum tristate use_daemonset, single_pod_per_node;
	int64_t replicas; /* 3 when absent */
	json_t *node_selector, *tolerations, *affinity, *resources, *pod_monitor;
	const char *image;
	struct graceful_shutdown graceful_shutdown;
	struct overload_manager overload_manager;
	struct header_limits header_limits;
};

struct settings {
	/* annotations (AnnotationSettings) */
	struct string_map propagated_annotations;
	enum tristate propagate_all_annotations;
	struct string_list denied_annotations;
	json_t *default_annotations;
	/* the rest */
	struct load_balancer_settings load_balancer;
	struct ingress_settings ingress;
	struct gateway_api_settings gateway_api;
	int64_t ports_limit, objects_limit; /* what all of a tenant's objects take together */
	struct dns_settings dns;
	struct certificate_settings certificates;
	struct endpoint_policy endpoint_policy;
	struct envoy_proxy_settings envoy_proxy;
	struct string_list allowed_domains; /* empty: all */
	json_t *circuit_breaker;
};

/* The spec of a Config and of a Tenant. */
extern const struct shape settings_shape;
