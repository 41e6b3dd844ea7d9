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

struct class_settings {
	const char *class;
	enum tristate disable;
	int64_t limit; /* -1: none */
	json_t *default_gateway;
	json_t *gateway;
	json_t *disabled_kinds[7]; /* of gatewayAPI; read by the manager's settings only */
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
	struct class_settings load_balancer, ingress, gateway_api;
	struct dns_settings dns;
	struct certificate_settings certificates;
	struct endpoint_policy endpoint_policy;
	struct envoy_proxy_settings envoy_proxy;
	struct string_list allowed_domains; /* empty: all */
	json_t *circuit_breaker;
};

/* The spec of a Config and of a Tenant. */
extern const struct shape settings_shape;
