/* SPDX-License-Identifier: Apache-2.0 */
/* An IR cluster as Envoy's Cluster and ClusterLoadAssignment. */
#include "envoy/cluster.h"

#include "envoy/snippet.h"

/* Envoy's own ceilings of 1,024 connections or requests and 3 retries at a time are far below what
 * one address of a load balancer carries. */
#define CONNECTIONS_MAX 1000000

/* A prime, as Envoy demands; its default of 65537 costs memory that a few nodes never need. */
#define MAGLEV_TABLE_SIZE 16381

/* One failed connection sets an endpoint aside for some seconds, so that only the first request finds
 * a dead one slow. What a backend answers (5xx) never does: that is between it and its client. */
static json_t *outlier_detection(void)
{
	return json_pack("{s:b, s:i, s:i, s:s, s:s, s:s, s:s, s:i, s:i, s:i}",
			 "split_external_local_origin_errors", 1,
			 "consecutive_local_origin_failure", 1, "max_ejection_percent", 100,
			 "interval", "1s", "base_ejection_time", "10s", "max_ejection_time", "60s",
			 "max_ejection_time_jitter", "1s", "enforcing_consecutive_5xx", 0,
			 "enforcing_success_rate", 0, "enforcing_local_origin_success_rate", 0);
}

static json_t *circuit_breakers(void)
{
	return json_pack("{s:[{s:i, s:i, s:i, s:i}]}", "thresholds", "max_connections",
			 CONNECTIONS_MAX, "max_pending_requests", CONNECTIONS_MAX, "max_requests",
			 CONNECTIONS_MAX, "max_retries", CONNECTIONS_MAX);
}

static void set_http2(json_t *cluster)
{
	static const char type[] = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
	json_t *options = json_pack("{s:{s:{}}}", "explicit_http_config", "http2_protocol_options");

	json_object_set_new(cluster, "typed_extension_protocol_options",
			    json_pack("{s:o}", type, snippet_any(type, options)));
}

static void set_proxy_protocol(json_t *cluster)
{
	json_t *plain = snippet_extension(
		"envoy.transport_sockets.raw_buffer",
		"envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer", json_object());
	json_t *header =
		json_pack("{s:{s:s}, s:o}", "config", "version", "V2", "transport_socket", plain);

	json_object_set_new(
		cluster, "transport_socket",
		snippet_extension("envoy.transport_sockets.upstream_proxy_protocol",
				  "envoy.extensions.transport_sockets.proxy_protocol.v3."
				  "ProxyProtocolUpstreamTransport",
				  header));
}

static void set_balancing(json_t *cluster, bool source_ip)
{
	/* Below 1 % healthy all are tried: with every endpoint set aside, the least bad guess. */
	json_object_set_new(cluster, "common_lb_config",
			    json_pack("{s:{s:i}}", "healthy_panic_threshold", "value", 1));
	json_object_set_new(cluster, "lb_policy",
			    json_string(source_ip ? "MAGLEV" : "ROUND_ROBIN"));
	if (source_ip)
		json_object_set_new(cluster, "maglev_lb_config",
				    json_pack("{s:i}", "table_size", MAGLEV_TABLE_SIZE));
}

json_t *cluster_describe(const struct ir_cluster *cluster)
{
	json_t *json = json_pack("{s:s, s:s, s:{s:o}, s:s}", "name", cluster->name, "type", "EDS",
				 "eds_cluster_config", "eds_config", snippet_ads(),
				 "connect_timeout", "0.5s");

	set_balancing(json, cluster->source_ip);
	if (cluster->protocol != IR_UDP) {
		json_object_set_new(json, "circuit_breakers", circuit_breakers());
		json_object_set_new(json, "outlier_detection", outlier_detection());
	}
	if (cluster->protocol == IR_HTTP2)
		set_http2(json);
	if (cluster->proxy_protocol)
		set_proxy_protocol(json);
	return json;
}

json_t *endpoints_describe(const struct ir_cluster *cluster)
{
	json_t *list = json_array();

	for (size_t i = 0; i < cluster->endpoints.count; i++) {
		const struct ir_endpoint *endpoint = &cluster->endpoints.items[i];
		json_t *address = snippet_address(endpoint->address, endpoint->port, false);

		json_array_append_new(list, json_pack("{s:{s:o}}", "endpoint", "address", address));
	}
	return json_pack("{s:s, s:[{s:o}]}", "cluster_name", cluster->name, "endpoints",
			 "lb_endpoints", list);
}
