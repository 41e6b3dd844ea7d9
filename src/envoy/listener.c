/* SPDX-License-Identifier: Apache-2.0 */
/* An IR listener as Envoy's Listener. */
#include "envoy/listener.h"

#include "envoy/connection_manager.h"
#include "envoy/snippet.h"

/* More than one node is rarely dead at a time, and a failed one is set aside for the next. */
#define CONNECT_ATTEMPTS 10

static json_t *tls_inspector(void)
{
	return snippet_extension("envoy.filters.listener.tls_inspector",
				 "envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
				 json_object());
}

/* Between two attempts there has to be time to set the endpoint aside that refused the first: with a
 * hash policy they would all go to it. The hash policy always stands there; only a cluster with Maglev looks at it. */
static json_t *tcp_proxy(const char *stat_prefix, const char *cluster)
{
	json_t *fields = json_pack("{s:s, s:s, s:i, s:{s:s, s:s}, s:[{s:{}}]}", "stat_prefix",
				   stat_prefix, "cluster", cluster, "max_connect_attempts",
				   CONNECT_ATTEMPTS, "backoff_options", "base_interval", "0.05s",
				   "max_interval", "0.5s", "hash_policy", "source_ip");

	return snippet_extension("envoy.filters.network.tcp_proxy",
				 "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", fields);
}

static json_t *udp_proxy(const char *stat_prefix, const char *cluster)
{
	json_t *route =
		snippet_extension("route", "envoy.extensions.filters.udp.udp_proxy.v3.Route",
				  json_pack("{s:s}", "cluster", cluster));
	json_t *fields =
		json_pack("{s:s, s:{s:{s:o}}, s:[{s:b}]}", "stat_prefix", stat_prefix, "matcher",
			  "on_no_match", "action", route, "hash_policies", "source_ip", 1);

	return snippet_extension("envoy.filters.udp_listener.udp_proxy",
				 "envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig",
				 fields);
}

static json_t *strings_describe(const struct string_list *strings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < strings->count; i++)
		json_array_append_new(list, json_string(strings->items[i]));
	return list;
}

static json_t *tls_describe(const struct ir_filter_chain *chain)
{
	json_t *certificates = json_array();
	json_t *common;

	for (size_t i = 0; i < chain->secrets.count; i++) {
		json_t *source = json_pack("{s:s, s:o}", "name", chain->secrets.items[i],
					   "sds_config", snippet_ads());

		json_array_append_new(certificates, source);
	}
	common = json_pack("{s:o}", "tls_certificate_sds_secret_configs", certificates);
	if (chain->routes)
		json_object_set_new(common, "alpn_protocols",
				    json_pack("[s, s]", "h2", "http/1.1"));
	return snippet_extension("envoy.transport_sockets.tls",
				 "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
				 json_pack("{s:o}", "common_tls_context", common));
}

static json_t *chain_describe(const struct ir_listener *listener,
			      const struct ir_filter_chain *chain)
{
	json_t *filter = chain->routes ? connection_manager_describe(listener->name, chain->routes)
				       : tcp_proxy(listener->name, chain->cluster);
	json_t *json = json_pack("{s:s, s:[o]}", "name", chain->name, "filters", filter);

	if (chain->server_names.count)
		json_object_set_new(
			json, "filter_chain_match",
			json_pack("{s:o}", "server_names", strings_describe(&chain->server_names)));
	if (chain->secrets.count)
		json_object_set_new(json, "transport_socket", tls_describe(chain));
	return json;
}

static bool needs_inspector(const struct ir_listener *listener)
{
	for (size_t i = 0; i < listener->chains.count; i++) {
		if (listener->chains.items[i].server_names.count ||
		    listener->chains.items[i].secrets.count)
			return true;
	}
	return false;
}

static void add_tcp(json_t *json, const struct ir_listener *listener)
{
	json_t *chains = json_array();

	for (size_t i = 0; i < listener->chains.count; i++)
		json_array_append_new(chains, chain_describe(listener, &listener->chains.items[i]));
	/* Without it a port that another program holds would be shared with it in silence. */
	json_object_set_new(json, "enable_reuse_port", json_false());
	if (needs_inspector(listener))
		json_object_set_new(json, "listener_filters", json_pack("[o]", tls_inspector()));
	json_object_set_new(json, "filter_chains", chains);
}

static void add_udp(json_t *json, const struct ir_listener *listener)
{
	json_t *proxy = udp_proxy(listener->name, listener->chains.items[0].cluster);

	json_object_set_new(json, "udp_listener_config", json_object());
	json_object_set_new(json, "enable_reuse_port", json_true());
	json_object_set_new(json, "listener_filters", json_pack("[o]", proxy));
}

json_t *listener_describe(const struct ir_listener *listener)
{
	json_t *json = json_pack("{s:s, s:o}", "name", listener->name, "address",
				 snippet_address(listener->address, listener->port, listener->udp));

	if (listener->udp)
		add_udp(json, listener);
	else
		add_tcp(json, listener);
	return json;
}
