/* SPDX-License-Identifier: Apache-2.0 */
/* One IR with every feature against tests/envoy/generated.json. UPDATE_GOLDEN=1 writes that file
 * anew, to be read before it is committed. */
#include "envoy/generate.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tests/unit/suite.h"

#define GOLDEN TEST_DATA "/envoy/generated.json"

static const char certificates[] = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n";

static void add_cluster(struct ir *ir, const char *name, enum ir_protocol protocol, bool source_ip,
			bool proxy_protocol, size_t endpoints)
{
	struct ir_cluster cluster = { .name = name,
				      .protocol = protocol,
				      .source_ip = source_ip,
				      .proxy_protocol = proxy_protocol };
	static const char *const addresses[] = { "192.0.2.1", "2001:db8::1" };

	for (size_t i = 0; i < endpoints; i++)
		LIST_APPEND(ir->arena, &cluster.endpoints,
			    (struct ir_endpoint){ addresses[i % 2], (uint16_t)(30000 + i) });
	LIST_APPEND(ir->arena, &ir->clusters, cluster);
}

static void add_clusters(struct ir *ir)
{
	add_cluster(ir, "tcp", IR_TCP, false, true, 2);
	add_cluster(ir, "tcp-sticky", IR_TCP, true, false, 1);
	add_cluster(ir, "udp", IR_UDP, false, false, 1);
	add_cluster(ir, "http", IR_HTTP, false, false, 2);
	add_cluster(ir, "grpc", IR_HTTP2, false, false, 1);
	add_cluster(ir, "empty", IR_HTTP, false, false, 0);
}

static struct ir_filter_chain tls_chain(struct arena *arena, const char *name, const char *server)
{
	struct ir_filter_chain chain = { .name = name, .routes = "routes" };

	if (server)
		LIST_APPEND(arena, &chain.server_names, server);
	LIST_APPEND(arena, &chain.secrets, "pair");
	return chain;
}

static void add_listeners(struct ir *ir)
{
	struct ir_listener tcp = { .name = "tcp", .address = "127.64.0.1", .port = 10443 };
	struct ir_listener udp = { .name = "udp", .address = "::1", .port = 10053, .udp = true };
	struct ir_listener http = { .name = "http", .address = "127.64.0.1", .port = 10080 };
	struct ir_listener https = { .name = "https", .address = "127.64.0.2", .port = 10443 };

	LIST_APPEND(ir->arena, &tcp.chains,
		    (struct ir_filter_chain){ .name = "tcp", .cluster = "tcp" });
	LIST_APPEND(ir->arena, &udp.chains,
		    (struct ir_filter_chain){ .name = "udp", .cluster = "udp" });
	LIST_APPEND(ir->arena, &http.chains,
		    (struct ir_filter_chain){ .name = "http", .routes = "routes" });
	LIST_APPEND(ir->arena, &https.chains, tls_chain(ir->arena, "exact", "a.example.com"));
	LIST_APPEND(ir->arena, &https.chains, tls_chain(ir->arena, "wildcard", "*.example.com"));
	LIST_APPEND(ir->arena, &https.chains, tls_chain(ir->arena, "rest", NULL));
	LIST_APPEND(ir->arena, &ir->listeners, tcp);
	LIST_APPEND(ir->arena, &ir->listeners, udp);
	LIST_APPEND(ir->arena, &ir->listeners, http);
	LIST_APPEND(ir->arena, &ir->listeners, https);
}

static struct ir_route route_to(struct arena *arena, enum ir_path_type type, const char *path,
				const char *cluster)
{
	struct ir_route route = { .match = { .path_type = type, .path = path },
				  .unresolved_status = 500 };

	LIST_APPEND(arena, &route.backends, (struct ir_backend){ .cluster = cluster, .weight = 1 });
	return route;
}

static struct ir_route every_match(struct arena *arena)
{
	struct ir_route route = route_to(arena, IR_PATH_REGEX, "/v[0-9]+/.*", "http");

	route.match.method = "GET";
	route.match.authority_regex = "a[.]example[.]com:8443";
	LIST_APPEND(arena, &route.match.headers,
		    (struct ir_value_match){ .name = "x-env", .value = "canary" });
	LIST_APPEND(arena, &route.match.headers,
		    (struct ir_value_match){ .name = "x-id", .value = "[0-9]+", .regex = true });
	LIST_APPEND(arena, &route.match.queries,
		    (struct ir_value_match){ .name = "q", .value = "a b" });
	LIST_APPEND(arena, &route.match.queries,
		    (struct ir_value_match){ .name = "r", .value = ".+", .regex = true });
	return route;
}

static struct ir_route every_filter(struct arena *arena)
{
	static const struct ir_rewrite rewrite = { .host = "b.example.com",
						   .prefix_path = "/new/" };
	struct ir_route route = route_to(arena, IR_PATH_PREFIX, "/old", "http");

	route.rewrite = &rewrite;
	route.timeout_ms = 61500;
	route.backend_timeout_ms = 250;
	LIST_APPEND(arena, &route.request_headers.set, (struct key_value){ "x-set", "100%" });
	LIST_APPEND(arena, &route.request_headers.add, (struct key_value){ "x-add", "v" });
	LIST_APPEND(arena, &route.request_headers.remove, "x-gone");
	LIST_APPEND(arena, &route.response_headers.set,
		    (struct key_value){ "x-answer", "%REQ(a)%" });
	LIST_APPEND(arena, &route.mirrors, (struct ir_mirror){ "grpc", 1, 3 });
	LIST_APPEND(arena, &route.mirrors, (struct ir_mirror){ "empty", 100, 100 });
	return route;
}

static struct ir_route weighted(struct arena *arena)
{
	struct ir_route route = route_to(arena, IR_PATH_PREFIX, "/weighted", "http");
	struct ir_backend changed = { .cluster = "grpc", .weight = 2 };

	LIST_APPEND(arena, &changed.request_headers.set, (struct key_value){ "x-backend", "2" });
	LIST_APPEND(arena, &route.backends, changed);
	LIST_APPEND(arena, &route.backends, (struct ir_backend){ .cluster = NULL, .weight = 3 });
	LIST_APPEND(arena, &route.backends, (struct ir_backend){ .cluster = "empty", .weight = 0 });
	return route;
}

static struct ir_route redirect(struct arena *arena, const char *path, const struct ir_redirect *to)
{
	struct ir_route route = { .match = { .path = arena_strdup(arena, path) }, .redirect = to };

	return route;
}

static void add_redirects(struct ir *ir, struct ir_virtual_host *host)
{
	static const struct ir_redirect https = { .scheme = "https", .port = 443, .status = 301 };
	static const struct ir_redirect moved = { .scheme = "https",
						  .host = "c.example.com",
						  .port = 443,
						  .full_path = "/all",
						  .status = 302 };
	static const struct ir_redirect prefix = { .prefix_path = "/",
						   .port = 8080,
						   .status = 308 };

	LIST_APPEND(ir->arena, &host->routes, redirect(ir->arena, "/secure", &https));
	LIST_APPEND(ir->arena, &host->routes, redirect(ir->arena, "/moved", &moved));
	LIST_APPEND(ir->arena, &host->routes, redirect(ir->arena, "/a.b/", &prefix));
}

static void add_routes(struct ir *ir)
{
	static const struct ir_rewrite full = { .full_path = "/one\\1" };
	static const struct ir_rewrite root = { .prefix_path = "/" };
	static const struct ir_rewrite deeper = { .prefix_path = "/base/" };
	struct ir_virtual_host exact = { .name = "exact" }, rest = { .name = "rest" };
	struct ir_routes routes = { .name = "routes" };
	struct ir_route route;

	LIST_APPEND(ir->arena, &exact.domains, "a.example.com");
	LIST_APPEND(ir->arena, &exact.domains, "*.example.com");
	LIST_APPEND(ir->arena, &exact.routes, every_match(ir->arena));
	LIST_APPEND(ir->arena, &exact.routes, every_filter(ir->arena));
	LIST_APPEND(ir->arena, &exact.routes, weighted(ir->arena));
	add_redirects(ir, &exact);
	route = route_to(ir->arena, IR_PATH_EXACT, "/full", "http");
	route.rewrite = &full;
	LIST_APPEND(ir->arena, &exact.routes, route);
	route = route_to(ir->arena, IR_PATH_PREFIX, "/cut", "http");
	route.rewrite = &root;
	LIST_APPEND(ir->arena, &exact.routes, route);
	route = route_to(ir->arena, IR_PATH_PREFIX, "/", "http");
	route.rewrite = &deeper;
	LIST_APPEND(ir->arena, &exact.routes, route);
	LIST_APPEND(ir->arena, &rest.domains, "*");
	LIST_APPEND(ir->arena, &rest.routes, route_to(ir->arena, IR_PATH_EXACT, "/none", NULL));
	LIST_APPEND(ir->arena, &rest.routes,
		    (struct ir_route){ .match = { .path = "/" }, .status = 404 });
	LIST_APPEND(ir->arena, &routes.hosts, exact);
	LIST_APPEND(ir->arena, &routes.hosts, rest);
	LIST_APPEND(ir->arena, &ir->routes, routes);
	LIST_APPEND(ir->arena, &ir->routes, (struct ir_routes){ .name = "nothing" });
}

static void fill(struct ir *ir)
{
	add_clusters(ir);
	LIST_APPEND(ir->arena, &ir->secrets, (struct ir_secret){ "pair", certificates, "key" });
	add_listeners(ir);
	add_routes(ir);
}

START_TEST(describe_every_feature_as_golden)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(json_decref) json_t *described = NULL;
	CLEANUP(json_decref) json_t *golden = NULL;
	struct ir ir = { .arena = arena };

	fill(&ir);
	described = envoy_describe(&ir);
	if (getenv("UPDATE_GOLDEN"))
		json_dump_file(described, GOLDEN, JSON_INDENT(2));
	golden = json_load_file(GOLDEN, 0, NULL);
	ck_assert_msg(json_equal(described, golden), "UPDATE_GOLDEN=1 shows the difference");
}
END_TEST

START_TEST(generate_every_feature_one_resource_each)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct resource_list list = { 0 };
	struct ir ir = { .arena = arena };
	struct error err;

	fill(&ir);
	ck_assert_msg(envoy_generate(&ir, &list, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(list.count, 6 + 6 + 1 + 4 + 2);
	ck_assert_int_eq(list.items[0]->type, RESOURCE_CLUSTER);
	ck_assert_str_eq(list.items[0]->name, "tcp");
	ck_assert_int_eq(list.items[list.count - 1]->type, RESOURCE_ROUTES);
	resource_list_done(&list);
	ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(generate_nothing_empty_list)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct resource_list list = { 0 };
	struct ir ir = { .arena = arena };

	ck_assert_int_eq(envoy_generate(&ir, &list, NULL), 0);
	ck_assert_uint_eq(list.count, 0);
	resource_list_done(&list);
}
END_TEST

SUITE(envoy_generate, describe_every_feature_as_golden, generate_every_feature_one_resource_each,
      generate_nothing_empty_list)
