/* SPDX-License-Identifier: Apache-2.0 */
/* Envoy's HttpConnectionManager with the settings of an edge. */
#include "envoy/connection_manager.h"

#include "envoy/snippet.h"

/* Clients are strangers: the address of the connection is the client's address, no header of theirs
 * says otherwise, no address makes a client internal. */
static json_t *trust(void)
{
	return json_pack("{s:b, s:{}, s:b}", "use_remote_address", 1, "internal_address_config",
			 "generate_request_id", 1);
}

/* One spelling per path, so that no rule is walked around with // or %2F. */
static json_t *path_normalization(void)
{
	return json_pack("{s:b, s:b, s:s}", "normalize_path", 1, "merge_slashes", 1,
			 "path_with_escaped_slashes_action", "UNESCAPE_AND_FORWARD");
}

static json_t *limits(void)
{
	return json_pack("{s:s, s:s, s:{s:i, s:i, s:i}}", "stream_idle_timeout", "3600s",
			 "request_headers_timeout", "30s", "http2_protocol_options",
			 "max_concurrent_streams", 1000, "initial_stream_window_size", 65536,
			 "initial_connection_window_size", 1048576);
}

static json_t *router(void)
{
	return snippet_extension("envoy.filters.http.router",
				 "envoy.extensions.filters.http.router.v3.Router",
				 json_pack("{s:b}", "suppress_envoy_headers", 1));
}

json_t *connection_manager_describe(const char *stat_prefix, const char *routes)
{
	json_t *json =
		json_pack("{s:s, s:s, s:{s:s, s:o}, s:[{s:s}], s:[o]}", "stat_prefix", stat_prefix,
			  "server_header_transformation", "PASS_THROUGH", "rds",
			  "route_config_name", routes, "config_source", snippet_ads(),
			  "upgrade_configs", "upgrade_type", "websocket", "http_filters", router());

	json_object_update_new(json, trust());
	json_object_update_new(json, path_normalization());
	json_object_update_new(json, limits());
	return snippet_extension("envoy.filters.network.http_connection_manager",
				 "envoy.extensions.filters.network.http_connection_manager.v3."
				 "HttpConnectionManager",
				 json);
}
