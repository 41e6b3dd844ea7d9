/* SPDX-License-Identifier: Apache-2.0 */
/* What Config sets for all tenants and a Tenant may set for itself. */
#include "api/settings.h"

#include "api/format.h"

#define RULE "TN001"

static const char *const topologies[] = { "shared", "dedicated", "global", NULL };

static const struct shape_field endpoint_policy_fields[] = {
	FIELD(struct endpoint_policy, "allowedCIDRs", allowed_cidrs, SHAPE_STRINGS, .max = 256),
	FIELD(struct endpoint_policy, "deniedCIDRs", denied_cidrs, SHAPE_STRINGS, .max = 256),
	FIELD(struct endpoint_policy, "allowedHostnameSuffixes", allowed_hostname_suffixes,
	      SHAPE_STRINGS, .max = 256),
	{ 0 },
};
static const struct shape endpoint_policy_shape = { sizeof(struct endpoint_policy),
						    endpoint_policy_fields, NULL, false };

#define LIMIT_MAX 1000000
#define LIMIT_FIELD(type, member) \
	FIELD(type, "limit", member, SHAPE_INT, .max = LIMIT_MAX, .absent = -1, .rule = RULE)

static const struct shape_field load_balancer_fields[] = {
	FIELD(struct load_balancer_settings, "class", class, SHAPE_STRING),
	FIELD(struct load_balancer_settings, "disable", disable, SHAPE_BOOL),
	FIELD(struct load_balancer_settings, "disableNodePort", disable_node_port, SHAPE_BOOL),
	LIMIT_FIELD(struct load_balancer_settings, limit),
	{ 0 },
};
static const struct shape load_balancer_settings_shape = { sizeof(struct load_balancer_settings),
							   load_balancer_fields, NULL, false };

static const struct shape_field ingress_fields[] = {
	FIELD(struct ingress_settings, "class", class, SHAPE_STRING),
	FIELD(struct ingress_settings, "disable", disable, SHAPE_BOOL),
	{ 0 },
};
static const struct shape ingress_settings_shape = { sizeof(struct ingress_settings),
						     ingress_fields, NULL, false };

static const struct shape_field gateway_fields[] = {
	LIMIT_FIELD(struct gateway_api_settings, gateway_limit),
	{ 0 },
};
static const struct shape gateway_settings_shape = { sizeof(struct gateway_api_settings),
						     gateway_fields, NULL, false };

static const struct shape_field gateway_api_fields[] = {
	FIELD(struct gateway_api_settings, "class", class, SHAPE_STRING),
	FIELD(struct gateway_api_settings, "disable", disable, SHAPE_BOOL),
	FIELD(struct gateway_api_settings, "defaultGateway", default_gateway, SHAPE_RAW),
	{ .name = "gateway", .type = SHAPE_OBJECT, .of = &gateway_settings_shape },
	FIELD(struct gateway_api_settings, "disableHTTPRoute", disabled_kinds[DISABLED_HTTP_ROUTE],
	      SHAPE_BOOL),
	FIELD(struct gateway_api_settings, "disableGRPCRoute", disabled_kinds[DISABLED_GRPC_ROUTE],
	      SHAPE_BOOL),
	FIELD(struct gateway_api_settings, "disableTCPRoute", disabled_kinds[DISABLED_TCP_ROUTE],
	      SHAPE_BOOL),
	FIELD(struct gateway_api_settings, "disableUDPRoute", disabled_kinds[DISABLED_UDP_ROUTE],
	      SHAPE_BOOL),
	FIELD(struct gateway_api_settings, "disableTLSRoute", disabled_kinds[DISABLED_TLS_ROUTE],
	      SHAPE_BOOL),
	FIELD(struct gateway_api_settings, "disableBackendTrafficPolicy",
	      disabled_kinds[DISABLED_BACKEND_TRAFFIC_POLICY], SHAPE_BOOL),
	FIELD(struct gateway_api_settings, "disableClientTrafficPolicy",
	      disabled_kinds[DISABLED_CLIENT_TRAFFIC_POLICY], SHAPE_BOOL),
	{ 0 },
};
static const struct shape gateway_api_shape = { sizeof(struct gateway_api_settings),
						gateway_api_fields, NULL, false };

static const struct shape_field ports_fields[] = {
	LIMIT_FIELD(struct settings, ports_limit),
	{ 0 },
};
static const struct shape ports_shape = { sizeof(struct settings), ports_fields, NULL, false };

static const struct shape_field objects_fields[] = {
	LIMIT_FIELD(struct settings, objects_limit),
	{ 0 },
};
static const struct shape objects_shape = { sizeof(struct settings), objects_fields, NULL, false };

static const struct shape_field dns_fields[] = {
	FIELD(struct dns_settings, "wildcardDomain", wildcard_domain, SHAPE_STRING),
	FIELD(struct dns_settings, "allowExplicitHostnames", allow_explicit_hostnames, SHAPE_BOOL),
	FIELD(struct dns_settings, "useDNSAnnotations", use_dns_annotations, SHAPE_BOOL),
	FIELD(struct dns_settings, "useCertificateAnnotations", use_certificate_annotations,
	      SHAPE_BOOL),
	FIELD(struct dns_settings, "disable", disable, SHAPE_BOOL),
	FIELD(struct dns_settings, "allowedDomains", allowed_domains, SHAPE_STRINGS, .max = 256),
	{ 0 },
};
static const struct shape dns_shape = { sizeof(struct dns_settings), dns_fields, NULL, false };

static const struct shape_field certificate_fields[] = {
	FIELD(struct certificate_settings, "defaultClusterIssuer", default_cluster_issuer,
	      SHAPE_STRING),
	FIELD(struct certificate_settings, "disable", disable, SHAPE_BOOL),
	FIELD(struct certificate_settings, "allowedDomains", allowed_domains, SHAPE_STRINGS,
	      .max = 256),
	{ 0 },
};
static const struct shape certificate_shape = { sizeof(struct certificate_settings),
						certificate_fields, NULL, false };

static const struct shape_field header_limit_fields[] = {
	FIELD(struct header_limits, "maxRequestHeadersKb", max_request_headers_kb, SHAPE_INT,
	      .min = 1, .max = 8192, .rule = RULE),
	FIELD(struct header_limits, "maxRequestHeadersCount", max_request_headers_count, SHAPE_INT,
	      .min = 1, .max = INT32_MAX, .rule = RULE),
	FIELD(struct header_limits, "maxResponseHeadersKb", max_response_headers_kb, SHAPE_INT,
	      .min = 1, .max = 8192, .rule = RULE),
	{ 0 },
};
static const struct shape header_limits_shape = { sizeof(struct header_limits), header_limit_fields,
						  NULL, false };

static const struct shape_field shutdown_fields[] = {
	FIELD(struct graceful_shutdown, "disabled", disabled, SHAPE_BOOL),
	FIELD(struct graceful_shutdown, "drainTimeout", drain_timeout, SHAPE_STRING),
	FIELD(struct graceful_shutdown, "minDrainDuration", min_drain_duration, SHAPE_STRING),
	FIELD(struct graceful_shutdown, "terminationGracePeriodSeconds",
	      termination_grace_period_seconds, SHAPE_INT, .min = 30, .max = INT32_MAX,
	      .absent = 300, .rule = RULE),
	{ 0 },
};
static const struct shape shutdown_shape = { sizeof(struct graceful_shutdown), shutdown_fields,
					     NULL, false };

static const struct shape_field overload_fields[] = {
	FIELD(struct overload_manager, "enabled", enabled, SHAPE_BOOL),
	FIELD(struct overload_manager, "maxActiveDownstreamConnections",
	      max_active_downstream_connections, SHAPE_INT, .min = 1, .max = INT64_MAX,
	      .rule = RULE),
	FIELD(struct overload_manager, "maxHeapSizeBytes", max_heap_size_bytes, SHAPE_INT, .min = 1,
	      .max = INT64_MAX, .rule = RULE),
	{ 0 },
};
static const struct shape overload_shape = { sizeof(struct overload_manager), overload_fields, NULL,
					     false };

static const struct shape_field envoy_fields[] = {
	FIELD(struct envoy_proxy_settings, "topology", topology, SHAPE_STRING, .values = topologies,
	      .rule = RULE),
	FIELD(struct envoy_proxy_settings, "useDaemonset", use_daemonset, SHAPE_BOOL),
	FIELD(struct envoy_proxy_settings, "singlePodPerNode", single_pod_per_node, SHAPE_BOOL),
	FIELD(struct envoy_proxy_settings, "replicas", replicas, SHAPE_INT, .min = 1,
	      .max = INT32_MAX, .absent = 3, .rule = RULE),
	FIELD(struct envoy_proxy_settings, "nodeSelector", node_selector, SHAPE_RAW),
	FIELD(struct envoy_proxy_settings, "tolerations", tolerations, SHAPE_RAW),
	FIELD(struct envoy_proxy_settings, "affinity", affinity, SHAPE_RAW),
	FIELD(struct envoy_proxy_settings, "resources", resources, SHAPE_RAW),
	FIELD(struct envoy_proxy_settings, "podMonitor", pod_monitor, SHAPE_RAW),
	FIELD(struct envoy_proxy_settings, "image", image, SHAPE_STRING),
	FIELD(struct envoy_proxy_settings, "gracefulShutdown", graceful_shutdown, SHAPE_OBJECT,
	      .of = &shutdown_shape),
	FIELD(struct envoy_proxy_settings, "overloadManager", overload_manager, SHAPE_OBJECT,
	      .of = &overload_shape),
	FIELD(struct envoy_proxy_settings, "headerLimits", header_limits, SHAPE_OBJECT,
	      .of = &header_limits_shape),
	{ 0 },
};
static const struct shape envoy_shape = { sizeof(struct envoy_proxy_settings), envoy_fields, NULL,
					  false };

static const struct shape_field fields[] = {
	FIELD(struct settings, "propagatedAnnotations", propagated_annotations, SHAPE_MAP),
	FIELD(struct settings, "propagateAllAnnotations", propagate_all_annotations, SHAPE_BOOL),
	FIELD(struct settings, "deniedAnnotations", denied_annotations, SHAPE_STRINGS, .max = 256),
	FIELD(struct settings, "defaultAnnotations", default_annotations, SHAPE_RAW),
	FIELD(struct settings, "loadBalancer", load_balancer, SHAPE_OBJECT,
	      .of = &load_balancer_settings_shape),
	FIELD(struct settings, "ingress", ingress, SHAPE_OBJECT, .of = &ingress_settings_shape),
	FIELD(struct settings, "gatewayAPI", gateway_api, SHAPE_OBJECT, .of = &gateway_api_shape),
	{ .name = "ports", .type = SHAPE_OBJECT, .of = &ports_shape },
	{ .name = "objects", .type = SHAPE_OBJECT, .of = &objects_shape },
	FIELD(struct settings, "dns", dns, SHAPE_OBJECT, .of = &dns_shape),
	FIELD(struct settings, "certificates", certificates, SHAPE_OBJECT,
	      .of = &certificate_shape),
	FIELD(struct settings, "endpointPolicy", endpoint_policy, SHAPE_OBJECT,
	      .of = &endpoint_policy_shape),
	FIELD(struct settings, "envoyProxy", envoy_proxy, SHAPE_OBJECT, .of = &envoy_shape),
	FIELD(struct settings, "allowedDomains", allowed_domains, SHAPE_STRINGS, .max = 256),
	FIELD(struct settings, "circuitBreaker", circuit_breaker, SHAPE_RAW),
	{ 0 },
};
const struct shape settings_shape = { sizeof(struct settings), fields, NULL, false };
