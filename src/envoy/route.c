/* SPDX-License-Identifier: Apache-2.0 */
/* IR routes as Envoy's RouteConfiguration. */
#include "envoy/route.h"

#include "envoy/header_changes.h"
#include "envoy/retry_policy.h"
#include "envoy/route_action.h"
#include "envoy/route_match.h"

static json_t *route_describe(const struct ir_route *route)
{
	json_t *json = json_pack("{s:o}", "match", route_match_describe(&route->match));

	route_action_add(json, route);
	header_changes_add(json, "request", &route->request_headers);
	header_changes_add(json, "response", &route->response_headers);
	return json;
}

static json_t *host_describe(const struct ir_virtual_host *host)
{
	json_t *domains = json_array();
	json_t *list = json_array();

	for (size_t i = 0; i < host->domains.count; i++)
		json_array_append_new(domains, json_string(host->domains.items[i]));
	for (size_t i = 0; i < host->routes.count; i++)
		json_array_append_new(list, route_describe(&host->routes.items[i]));
	return json_pack("{s:s, s:o, s:o, s:o}", "name", host->name, "domains", domains,
			 "retry_policy", retry_policy_describe(0), "routes", list);
}

json_t *routes_describe(const struct ir_routes *routes)
{
	json_t *hosts = json_array();

	for (size_t i = 0; i < routes->hosts.count; i++)
		json_array_append_new(hosts, host_describe(&routes->hosts.items[i]));
	/* The Host header reaches the backend with its port, so only the matching may ignore it. */
	return json_pack("{s:s, s:b, s:o}", "name", routes->name, "ignore_port_in_host_matching", 1,
			 "virtual_hosts", hosts);
}
