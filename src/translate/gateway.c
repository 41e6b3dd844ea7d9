/* SPDX-License-Identifier: Apache-2.0 */
/* Gateways: judging them and their listeners. */
#include "translate/gateway.h"

#include "base/arena.h"
#include "base/str.h"
#include "translate/listener_tls.h"
#include "translate/name.h"
#include "translate/report.h"

static const struct verdict fine = { .ok = true };

static struct verdict fault(const char *reason, const char *message)
{
	return (struct verdict){ .reason = reason, .message = message };
}

static bool class_is_ours(const struct tenant *tenant, const char *class)
{
	const char *own = policy_settings(tenant->pass.policy)->gateway_api.class;

	return str_equal(class, KUBELB_CLASS) || (!str_is_empty(own) && str_equal(class, own));
}

static void judge_kinds(struct listener *listener)
{
	const struct allowed_routes *allowed = &listener->spec->allowed_routes;
	bool unknown = false;

	listener->http_routes = listener->grpc_routes = !allowed->kinds.count;
	for (size_t i = 0; i < allowed->kinds.count; i++) {
		const struct route_kind *kind = &allowed->kinds.items[i];
		bool ours = !kind->group || str_equal(kind->group, GATEWAY_GROUP);

		if (ours && str_equal(kind->kind, "HTTPRoute"))
			listener->http_routes = true;
		else if (ours && str_equal(kind->kind, "GRPCRoute"))
			listener->grpc_routes = true;
		else
			unknown = true;
	}
	if (unknown)
		listener->resolved =
			fault("InvalidRouteKinds", "a kind of allowedRoutes cannot attach here");
}

static struct verdict judge_protocol(const struct tenant *tenant, const struct listener *listener)
{
	const struct gateway_listener *spec = listener->spec;

	if (!str_equal(spec->protocol, "HTTP") && !str_equal(spec->protocol, "HTTPS"))
		return fault("UnsupportedProtocol", "protocols are HTTP and HTTPS");
	if (!listener->hostname)
		return fault("UnsupportedValue", "the hostname is no host's name");
	if (!pass_port(&tenant->pass, spec->port))
		return fault("PortUnavailable", "the port cannot be listened on");
	if (listener->tls)
		return listener_tls_supported(listener);
	return fine;
}

/* Two listeners of one port: neither wins. (Gateway API ListenerConditionConflicted) */
static void judge_pair(struct listener *a, struct listener *b)
{
	struct verdict conflict = fine;

	if (a->spec->port != b->spec->port || (!a->accepted.ok && a->conflict.ok) ||
	    (!b->accepted.ok && b->conflict.ok))
		return;
	if (a->tls != b->tls)
		conflict = fault("ProtocolConflict", "HTTP and HTTPS cannot share a port");
	else if (str_equal(a->hostname, b->hostname))
		conflict = fault("HostnameConflict", "two listeners of one port and hostname");
	if (!conflict.ok)
		a->accepted = b->accepted = a->conflict = b->conflict = conflict;
}

static void prepare_listener(struct tenant *tenant, struct gateway_state *gateway,
			     const struct gateway_listener *spec)
{
	struct arena *arena = tenant->pass.arena;
	struct listener listener = {
		.spec = spec,
		.gateway = gateway,
		.hostname = hostname_canonical(arena, spec->hostname),
		.tls = str_equal(spec->protocol, "HTTPS"),
		.conflict = fine,
		.resolved = fine,
		.http_hosts = host_set_new(arena),
		.grpc_hosts = host_set_new(arena),
	};

	listener.accepted = judge_protocol(tenant, &listener);
	if (!str_equal(listener.accepted.reason, "UnsupportedProtocol"))
		judge_kinds(&listener);
	if (listener.tls && listener.accepted.ok)
		listener_tls_resolve(tenant, &listener);
	else if (listener.tls)
		listener_tls_judge_authorities(&listener);
	LIST_APPEND(arena, &gateway->listeners, listener);
}

static struct listener *same_port(struct gateway_state *gateway, const struct listener *listener)
{
	for (size_t i = 0; &gateway->listeners.items[i] != listener; i++)
		if (gateway->listeners.items[i].accepted.ok &&
		    gateway->listeners.items[i].spec->port == listener->spec->port)
			return &gateway->listeners.items[i];
	return NULL;
}

/* Every accepted listener has a virtual host of its own, routes or not: what belongs to it is not
 * served by a less specific one. */
static void place_listener(struct tenant *tenant, struct listener *listener)
{
	struct gateway_state *gateway = listener->gateway;
	const struct listener *first = same_port(gateway, listener);
	struct arena *arena = tenant->pass.arena;
	const char *port = name_number(arena, (long)listener->spec->port);

	listener->routes_name = name_join(arena, tenant->pass.namespace, "gateway",
					  gateway->carried->namespace, gateway->carried->name, port,
					  listener->tls ? listener->spec->name : NULL, NULL);
	listener->hosts = first && !listener->tls ? first->hosts : host_table_new(arena);
	host_table_get(listener->hosts, listener->hostname);
	listener->port = pass_port(&tenant->pass, listener->spec->port);
	if (gateway->address)
		listener->listener_name = name_listener(arena, tenant->pass.namespace,
							gateway->address, listener->port, false);
}

static void prepare_listeners(struct tenant *tenant, struct gateway_state *gateway)
{
	for (size_t i = 0; i < gateway->spec->listeners.count; i++)
		prepare_listener(tenant, gateway, &gateway->spec->listeners.items[i]);
	for (size_t i = 0; i < gateway->listeners.count; i++)
		for (size_t j = 0; j < i; j++)
			judge_pair(&gateway->listeners.items[j], &gateway->listeners.items[i]);
	for (size_t i = 0; i < gateway->listeners.count; i++)
		if (gateway->listeners.items[i].accepted.ok)
			place_listener(tenant, &gateway->listeners.items[i]);
}

/* What is asked for beyond an address of our choice. */
static void judge_wishes(struct gateway_state *gateway)
{
	const json_t *address;
	size_t i;

	if (json_has(gateway->spec->infrastructure, "parametersRef"))
		gateway->accepted = fault("InvalidParameters", "parametersRef is not supported");
	json_array_foreach(gateway->spec->addresses, i, address) {
		const char *type = json_text(address, "type");
		const char *value = json_text(address, "value");

		if (type && !str_equal(type, "IPAddress"))
			gateway->accepted =
				fault("UnsupportedAddress", "addresses are of type IPAddress");
		else if (!str_is_empty(value) && !str_equal(value, gateway->address))
			gateway->addressed = fault("AddressNotUsable",
						   "the address is chosen by the load balancer");
	}
}

static const char *not_ours(struct tenant *tenant, const struct carried *carried, const char *key)
{
	struct arena *arena = tenant->pass.arena;

	if (!class_is_ours(tenant, carried->source->gateway->class_name))
		return arena_printf(arena, "class %s is not ours",
				    carried->source->gateway->class_name);
	if (policy_settings(tenant->pass.policy)->gateway_api.disable == YES)
		return "Gateway API is disabled for this tenant";
	if (map_get(tenant->gateways, key))
		return arena_printf(arena, "an older Route carries Gateway %s/%s already",
				    carried->namespace, carried->name);
	return NULL;
}

void gateway_prepare(struct tenant *tenant, const struct carried *carried)
{
	struct arena *arena = tenant->pass.arena;
	const struct translate_context *context = tenant->pass.context;
	const char *key = tenant_key(tenant, carried->namespace, carried->name);
	struct outcome outcome = pass_outcome(carried->hub->object, carried->source->field);
	struct gateway_state *gateway;

	outcome.reason = not_ours(tenant, carried, key);
	if (outcome.reason) {
		LIST_APPEND(arena, tenant->pass.outcomes, outcome);
		return;
	}
	gateway = ARENA_NEW(arena, struct gateway_state);
	*gateway = (struct gateway_state){ .carried = carried,
					   .spec = carried->source->gateway,
					   .accepted = fine,
					   .addressed = fine };
	gateway->client = gateway_tls_client(gateway);
	gateway->address = context->address(context->pool,
					    owner_key_gateway(arena, tenant->pass.namespace,
							      carried->namespace, carried->name));
	if (!gateway->address)
		gateway->addressed = fault("AddressNotAssigned", "no address is left in the pool");
	judge_wishes(gateway);
	prepare_listeners(tenant, gateway);
	map_add(tenant->gateways, key, gateway);
	LIST_APPEND(arena, &tenant->gateways_in_order, gateway);
}

struct gateway_state *gateway_find(struct tenant *tenant, const char *namespace, const char *name)
{
	return map_get(tenant->gateways, tenant_key(tenant, namespace, name));
}

bool listener_serves(const struct listener *listener)
{
	return listener->accepted.ok && listener->gateway->accepted.ok &&
	       listener->gateway->addressed.ok && (!listener->tls || listener->secrets.count);
}

bool listener_shadowed(const struct listener *listener, const char *host)
{
	const struct gateway_state *gateway = listener->gateway;

	for (size_t i = 0; i < gateway->listeners.count; i++) {
		const struct listener *other = &gateway->listeners.items[i];

		if (other != listener && other->accepted.ok &&
		    other->spec->port == listener->spec->port &&
		    hostname_covers(other->hostname, host) &&
		    hostname_covers(listener->hostname, other->hostname))
			return true;
	}
	return false;
}
