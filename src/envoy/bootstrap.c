/* SPDX-License-Identifier: Apache-2.0 */
/* The file that an Envoy is started with. */
#include "envoy/bootstrap.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/memory.h"
#include "envoy/snippet.h"
#include "json/read.h"

#define CONNECTIONS_MAX 1000000
#define TLS_PACKAGE "envoy.extensions.transport_sockets.tls.v3."

/* A server that froze answers no ping: without them the stream would hang for hours. */
static json_t *http2_options(void)
{
	static const char type[] = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
	json_t *options = json_pack("{s:{s:{s:{s:s, s:s}}}}", "explicit_http_config",
				    "http2_protocol_options", "connection_keepalive", "interval",
				    "2s", "timeout", "1s");

	return json_pack("{s:o}", type, snippet_any(type, options));
}

/* A secret in a file beside the certificates, read again at each rename in their folder. */
static json_t *file_secret(const char *name, const char *folder)
{
	return json_pack("{s:s, s:{s:{s:o, s:{s:s}}, s:s}}", "name", name, "sds_config",
			 "path_config_source", "path", json_sprintf("%s/%s.json", folder, name),
			 "watched_directory", "path", folder, "resource_api_version", "V3");
}

static json_t *client_tls(const char *folder)
{
	/* Envoy as a client stops at TLS 1.2 unless it is told. */
	json_t *common = json_pack(
		"{s:{s:s}, s:[o], s:o}", "tls_params", "tls_maximum_protocol_version", "TLSv1_3",
		"tls_certificate_sds_secret_configs", file_secret("xds-certificate", folder),
		"validation_context_sds_secret_config", file_secret("xds-ca", folder));

	return snippet_extension("envoy.transport_sockets.tls", TLS_PACKAGE "UpstreamTlsContext",
				 json_pack("{s:o}", "common_tls_context", common));
}

static json_t *xds_address(const struct bootstrap_options *options)
{
	if (options->xds_socket)
		return json_pack("{s:{s:s}}", "pipe", "path", options->xds_socket);
	return snippet_address(options->xds_host, options->xds_port, false);
}

static bool is_ip(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static json_t *xds_cluster(const struct bootstrap_options *options)
{
	bool resolve = !options->xds_socket && !is_ip(options->xds_host);
	json_t *endpoint = json_pack("{s:{s:o}}", "endpoint", "address", xds_address(options));
	json_t *json =
		json_pack("{s:s, s:s, s:s, s:o, s:{s:s, s:[{s:[o]}]}}", "name", "xds", "type",
			  resolve ? "STRICT_DNS" : "STATIC", "connect_timeout", "1s",
			  "typed_extension_protocol_options", http2_options(), "load_assignment",
			  "cluster_name", "xds", "endpoints", "lb_endpoints", endpoint);

	if (!options->xds_socket)
		json_object_set_new(json, "transport_socket", client_tls(options->pki_folder));
	return json;
}

static json_t *dynamic_resources(void)
{
	json_t *service = json_pack("{s:{s:s, s:{s:{s:s, s:s}}}}", "envoy_grpc", "cluster_name",
				    "xds", "retry_policy", "retry_back_off", "base_interval",
				    "0.1s", "max_interval", "1s");

	return json_pack("{s:{s:s, s:s, s:b, s:[o]}, s:o, s:o}", "ads_config", "api_type",
			 "DELTA_GRPC", "transport_api_version", "V3",
			 "set_node_on_first_message_only", 1, "grpc_services", service,
			 "cds_config", snippet_ads(), "lds_config", snippet_ads());
}

/* Statistics of every cluster and listener would double Envoy's memory. */
static json_t *stats_config(void)
{
	static const char *const prefixes[] = { "cluster.xds.", "cluster_manager.",
						"control_plane.", "listener_manager.", "server." };
	json_t *patterns = json_array();

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		json_array_append_new(patterns, json_pack("{s:s}", "prefix", prefixes[i]));
	return json_pack("{s:{s:{s:o}}}", "stats_matcher", "inclusion_list", "patterns", patterns);
}

static void set_max_connections(json_t *bootstrap, uint32_t max_connections)
{
	json_t *limit = json_pack("{s:I}", "max_active_downstream_connections",
				  (json_int_t)max_connections);
	json_t *monitor =
		snippet_extension("envoy.resource_monitors.global_downstream_max_connections",
				  "envoy.extensions.resource_monitors.downstream_connections.v3."
				  "DownstreamConnectionsConfig",
				  limit);

	json_object_set_new(bootstrap, "overload_manager",
			    json_pack("{s:[o]}", "resource_monitors", monitor));
}

json_t *bootstrap_describe(const struct bootstrap_options *options)
{
	json_t *json =
		json_pack("{s:{s:s, s:s}, s:{s:[o]}, s:o, s:o}", "node", "id", options->node,
			  "cluster", "kubelb", "static_resources", "clusters", xds_cluster(options),
			  "dynamic_resources", dynamic_resources(), "stats_config", stats_config());

	/* Where statistics are asked for, they are wanted as they are, not as they were 5 s ago. */
	json_object_set_new(json, "stats_flush_on_admin", json_true());
	if (options->admin_socket)
		json_object_set_new(json, "admin",
				    json_pack("{s:{s:{s:s, s:i}}}", "address", "pipe", "path",
					      options->admin_socket, "mode", 0600));
	if (options->max_connections)
		set_max_connections(json, options->max_connections);
	return json;
}

/* What Envoy reads of a file as if the control plane had sent it; secret is taken over. */
static int write_secret(const char *folder, const char *name, json_t *secret, struct error *err)
{
	CLEANUP(json_decref) json_t *any = snippet_any(TLS_PACKAGE "Secret", secret);
	CLEANUP(json_decref) json_t *json = json_pack("{s:[O]}", "resources", any);
	CLEANUP(free) char *text = json_compact(json);
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s.json", folder, name);
	return file_write(path, text, strlen(text), 0600, err);
}

static json_t *file_source(const char *folder, const char *name)
{
	return json_pack("{s:o}", "filename", json_sprintf("%s/%s", folder, name));
}

static int write_secrets(const char *pki, const char *folder, struct error *err)
{
	json_t *pair = json_pack("{s:s, s:{s:o, s:o, s:{s:s}}}", "name", "xds-certificate",
				 "tls_certificate", "certificate_chain",
				 file_source(pki, "certificate.pem"), "private_key",
				 file_source(pki, "key.pem"), "watched_directory", "path", pki);
	json_t *ca = json_pack("{s:s, s:{s:o, s:{s:s}}}", "name", "xds-ca", "validation_context",
			       "trusted_ca", file_source(pki, "ca.pem"), "watched_directory",
			       "path", pki);
	int r;

	r = write_secret(folder, "xds-certificate", pair, err);
	if (r < 0) {
		json_decref(ca);
		return r;
	}
	return write_secret(folder, "xds-ca", ca, err);
}

/* A quarter of the files that may be open: a connection has another one to its backend, and each
 * listener has one per worker. */
static uint32_t affordable_connections(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_max > CONNECTIONS_MAX * 4)
		return CONNECTIONS_MAX;
	return (uint32_t)files.rlim_max / 4;
}

int bootstrap_write(const struct bootstrap_options *options, const char *folder, struct error *err)
{
	CLEANUP(json_decref) json_t *json = bootstrap_describe(options);
	CLEANUP(free) char *text = NULL;
	char path[4096];
	int r;

	if (!options->max_connections)
		set_max_connections(json, affordable_connections());
	if (!options->xds_socket) {
		r = write_secrets(options->pki_folder, folder, err);
		if (r < 0)
			return r;
	}
	text = json_dumps(json, JSON_INDENT(2));
	snprintf(path, sizeof(path), "%s/bootstrap.json", folder);
	return file_write(path, text, strlen(text), 0600, err);
}
