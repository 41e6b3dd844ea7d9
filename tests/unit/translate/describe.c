/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/translate/describe.h"

#include "base/str.h"

static json_t *strings(const struct string_list *list)
{
	json_t *json = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(json, json_string(list->items[i]));
	return json;
}

/* Puts a list unless it is empty; list is put()'s. */
static void put(json_t *json, const char *key, json_t *list)
{
	if (json_array_size(list))
		json_object_set(json, key, list);
	json_decref(list);
}

static json_t *cluster_describe(const struct ir_cluster *cluster)
{
	static const char *const protocols[] = { "TCP", "UDP", "HTTP", "HTTP2" };
	json_t *endpoints = json_array();
	json_t *json;

	for (size_t i = 0; i < cluster->endpoints.count; i++)
		json_array_append_new(endpoints,
				      json_sprintf("%s %d", cluster->endpoints.items[i].address,
						   cluster->endpoints.items[i].port));
	json = json_pack("{s:s, s:o}", "protocol", protocols[cluster->protocol], "endpoints",
			 endpoints);
	if (cluster->source_ip)
		json_object_set_new(json, "source_ip", json_true());
	if (cluster->proxy_protocol)
		json_object_set_new(json, "proxy_protocol", json_true());
	return json;
}

static json_t *listener_describe(const struct ir_listener *listener)
{
	json_t *chains = json_array();

	for (size_t i = 0; i < listener->chains.count; i++) {
		const struct ir_filter_chain *chain = &listener->chains.items[i];
		json_t *json = json_pack("{s:s, s:s*, s:s*}", "name", chain->name, "routes",
					 chain->routes, "cluster", chain->cluster);

		put(json, "server_names", strings(&chain->server_names));
		put(json, "secrets", strings(&chain->secrets));
		json_array_append_new(chains, json);
	}
	return json_pack("{s:o, s:o}", "address",
			 json_sprintf("%s %s %d", listener->udp ? "UDP" : "TCP", listener->address,
				      listener->port),
			 "chains", chains);
}

static json_t *values(const struct ir_value_match *items, size_t count)
{
	json_t *json = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(json,
				      json_sprintf("%s %s %s", items[i].name,
						   items[i].regex ? "~" : "=", items[i].value));
	return json;
}

static void put_match(json_t *json, const struct ir_match *match)
{
	static const char *const types[] = { "prefix", "exact", "regex" };

	json_object_set_new(json, "path",
			    json_sprintf("%s %s", types[match->path_type], match->path));
	json_put_text(json, "method", match->method);
	json_put_text(json, "authority", match->authority_regex);
	put(json, "headers", values(match->headers.items, match->headers.count));
	put(json, "queries", values(match->queries.items, match->queries.count));
}

static json_t *pairs(const struct key_value *items, size_t count)
{
	json_t *json = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(json, json_sprintf("%s: %s", items[i].key, items[i].value));
	return json;
}

static void put_changes(json_t *json, const char *key, const struct ir_header_changes *changes)
{
	json_t *object = json_object();

	put(object, "set", pairs(changes->set.items, changes->set.count));
	put(object, "add", pairs(changes->add.items, changes->add.count));
	put(object, "remove", strings(&changes->remove));
	if (json_object_size(object))
		json_object_set(json, key, object);
	json_decref(object);
}

static void put_backends(json_t *json, const struct ir_route *route)
{
	json_t *list = json_array();

	for (size_t i = 0; i < route->backends.count; i++) {
		const struct ir_backend *backend = &route->backends.items[i];
		json_t *item = json_pack("{s:i, s:s*}", "weight", (int)backend->weight, "cluster",
					 backend->cluster);

		if (!backend->cluster)
			json_object_set_new(item, "unresolved",
					    json_integer(route->unresolved_status));
		put_changes(item, "request", &backend->request_headers);
		put_changes(item, "response", &backend->response_headers);
		json_array_append_new(list, item);
	}
	put(json, "backends", list);
	list = json_array();
	for (size_t i = 0; i < route->mirrors.count; i++)
		json_array_append_new(list,
				      json_sprintf("%u/%u %s", route->mirrors.items[i].numerator,
						   route->mirrors.items[i].denominator,
						   route->mirrors.items[i].cluster));
	put(json, "mirrors", list);
}

static json_t *redirect_describe(const struct ir_redirect *redirect)
{
	return json_pack("{s:s*, s:s*, s:i, s:s*, s:s*, s:i}", "scheme", redirect->scheme, "host",
			 redirect->host, "port", (int)redirect->port, "full_path",
			 redirect->full_path, "prefix_path", redirect->prefix_path, "status",
			 (int)redirect->status);
}

static json_t *route_describe(const struct ir_route *route)
{
	json_t *json = json_object();

	put_match(json, &route->match);
	put_backends(json, route);
	put_changes(json, "request", &route->request_headers);
	put_changes(json, "response", &route->response_headers);
	if (route->status)
		json_object_set_new(json, "status", json_integer(route->status));
	if (route->redirect)
		json_object_set_new(json, "redirect", redirect_describe(route->redirect));
	if (route->rewrite)
		json_object_set_new(json, "rewrite",
				    json_pack("{s:s*, s:s*, s:s*}", "host", route->rewrite->host,
					      "full_path", route->rewrite->full_path, "prefix_path",
					      route->rewrite->prefix_path));
	if (route->timeout_ms || route->backend_timeout_ms)
		json_object_set_new(json, "timeouts_ms",
				    json_pack("[i, i]", (int)route->timeout_ms,
					      (int)route->backend_timeout_ms));
	return json;
}

static json_t *routes_describe(const struct ir_routes *routes)
{
	json_t *json = json_object();

	for (size_t i = 0; i < routes->hosts.count; i++) {
		const struct ir_virtual_host *host = &routes->hosts.items[i];
		json_t *list = json_array();

		for (size_t j = 0; j < host->routes.count; j++)
			json_array_append_new(list, route_describe(&host->routes.items[j]));
		for (size_t j = 0; j < host->domains.count; j++)
			json_object_set(json, host->domains.items[j], list);
		json_decref(list);
	}
	return json;
}

json_t *ir_describe(const struct ir *ir)
{
	json_t *clusters = json_object(), *secrets = json_array();
	json_t *listeners = json_object(), *routes = json_object();

	for (size_t i = 0; i < ir->clusters.count; i++)
		json_object_set_new(clusters, ir->clusters.items[i].name,
				    cluster_describe(&ir->clusters.items[i]));
	for (size_t i = 0; i < ir->secrets.count; i++)
		json_array_append_new(secrets, json_string(ir->secrets.items[i].name));
	for (size_t i = 0; i < ir->listeners.count; i++)
		json_object_set_new(listeners, ir->listeners.items[i].name,
				    listener_describe(&ir->listeners.items[i]));
	for (size_t i = 0; i < ir->routes.count; i++)
		json_object_set_new(routes, ir->routes.items[i].name,
				    routes_describe(&ir->routes.items[i]));
	return json_pack("{s:o, s:o, s:o, s:o}", "clusters", clusters, "secrets", secrets,
			 "listeners", listeners, "routes", routes);
}
