/* SPDX-License-Identifier: Apache-2.0 */
/* What a Gateway comes to when its routes are attached: listeners, routes, status. */
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "translate/gateway.h"
#include "translate/report.h"

/* A request for a host that is another listener's came over the wrong connection. (Gateway API
 * HTTPS listeners; RFC 9110 §15.5.20) */
static void add_misdirected(struct tenant *tenant, struct listener *listener)
{
	static const struct ir_route misdirected = { .match = { .path = "/" }, .status = 421 };
	const struct ranked_route route = { .route = &misdirected };
	const struct gateway_state *gateway = listener->gateway;

	for (size_t i = 0; i < gateway->listeners.count; i++) {
		const struct listener *other = &gateway->listeners.items[i];

		if (other != listener && other->accepted.ok &&
		    other->spec->port == listener->spec->port)
			LIST_APPEND(tenant->pass.arena,
				    &host_table_get(listener->hosts, other->hostname)->routes,
				    route);
	}
}

static void add_chain(struct tenant *tenant, struct listener *listener, struct ir_listener *ir)
{
	struct arena *arena = tenant->pass.arena;
	struct ir_filter_chain chain = { .name = listener->routes_name,
					 .routes = listener->routes_name,
					 .secrets = listener->secrets };

	if (listener->tls && !str_equal(listener->hostname, "*"))
		LIST_APPEND(arena, &chain.server_names, listener->hostname);
	if (listener->tls)
		add_misdirected(tenant, listener);
	host_table_emit(listener->hosts, chain.routes, tenant->pass.ir);
	LIST_APPEND(arena, &ir->chains, chain);
}

/* All listeners of one port are one to Envoy; the first that serves makes it. */
static void emit_port(struct tenant *tenant, struct gateway_state *gateway, size_t first)
{
	struct listener *listener = &gateway->listeners.items[first];
	struct ir_listener ir = { .name = listener->listener_name,
				  .address = gateway->address,
				  .port = listener->port };

	for (size_t i = 0; i < gateway->listeners.count; i++) {
		struct listener *other = &gateway->listeners.items[i];

		if (!listener_serves(other) || other->port != listener->port)
			continue;
		if (i < first)
			return;
		if (i == first || listener->tls)
			add_chain(tenant, other, &ir);
	}
	LIST_APPEND(tenant->pass.arena, &tenant->pass.ir->listeners, ir);
}

static void note_needs(struct arena *arena, const struct listener *listener,
		       struct outcome *outcome)
{
	report_need(arena, outcome, IR_LISTENERS, listener->listener_name);
	report_need(arena, outcome, IR_ROUTES, listener->routes_name);
	for (size_t i = 0; i < listener->secrets.count; i++)
		report_need(arena, outcome, IR_SECRETS, listener->secrets.items[i]);
	report_address(arena, outcome, listener->gateway->address, listener->port,
		       listener->tls ? "HTTPS" : "HTTP");
}

static void add_kind(json_t *kinds, bool supported, const char *kind)
{
	if (supported)
		json_array_append_new(
			kinds, json_pack("{s:s, s:s}", "group", GATEWAY_GROUP, "kind", kind));
}

static const char *message_of(const struct verdict *verdict)
{
	return verdict->message ? verdict->message : "";
}

static json_t *listener_conditions(const struct listener *listener, int64_t generation)
{
	const struct verdict *accepted = &listener->accepted;
	const struct verdict *resolved = &listener->resolved;
	json_t *conditions = json_array();

	report_condition(conditions, "Accepted", accepted->ok,
			 accepted->ok ? "Accepted" : accepted->reason, message_of(accepted),
			 generation);
	report_condition(conditions, "Conflicted", !listener->conflict.ok,
			 listener->conflict.ok ? "NoConflicts" : listener->conflict.reason,
			 message_of(&listener->conflict), generation);
	report_condition(conditions, "Programmed", listener_serves(listener),
			 listener_serves(listener) ? "Programmed" : "Invalid", "", generation);
	report_condition(conditions, "ResolvedRefs", resolved->ok,
			 resolved->ok ? "ResolvedRefs" : resolved->reason, message_of(resolved),
			 generation);
	return conditions;
}

static json_t *listener_status(const struct listener *listener, int64_t generation)
{
	json_t *kinds = json_array();

	add_kind(kinds, listener->http_routes, "HTTPRoute");
	add_kind(kinds, listener->grpc_routes, "GRPCRoute");
	return json_pack("{s:s, s:I, s:o, s:o}", "name", listener->spec->name, "attachedRoutes",
			 (json_int_t)listener->attached, "supportedKinds", kinds, "conditions",
			 listener_conditions(listener, generation));
}

static size_t count_listeners(const struct gateway_state *gateway,
			      bool (*holds)(const struct listener *listener))
{
	size_t n = 0;

	for (size_t i = 0; i < gateway->listeners.count; i++)
		n += holds(&gateway->listeners.items[i]);
	return n;
}

static bool is_accepted(const struct listener *listener)
{
	return listener->accepted.ok;
}

static bool is_served(const struct listener *listener)
{
	return listener_serves(listener);
}

static json_t *gateway_conditions(const struct gateway_state *gateway, int64_t generation)
{
	const struct verdict *accepted = &gateway->accepted;
	const struct verdict *addressed = &gateway->addressed;
	size_t valid = count_listeners(gateway, is_accepted);
	bool programmed = addressed->ok && count_listeners(gateway, is_served);
	json_t *conditions = json_array();

	if (!accepted->ok)
		report_condition(conditions, "Accepted", false, accepted->reason,
				 message_of(accepted), generation);
	else
		report_condition(conditions, "Accepted", valid > 0,
				 valid < gateway->listeners.count ? "ListenersNotValid"
								  : "Accepted",
				 "", generation);
	report_condition(conditions, "Programmed", programmed,
			 programmed	  ? "Programmed"
			 : !addressed->ok ? addressed->reason
					  : "Invalid",
			 message_of(addressed), generation);
	if (!gateway->client.ok)
		report_condition(conditions, "ResolvedRefs", false, gateway->client.reason,
				 message_of(&gateway->client), generation);
	return conditions;
}

static json_t *gateway_status(const struct gateway_state *gateway)
{
	int64_t generation = gateway->carried->source->header->metadata.generation;
	json_t *addresses = json_array();
	json_t *listeners = json_array();

	if (gateway->address && gateway->accepted.ok && gateway->addressed.ok)
		json_array_append_new(addresses, json_pack("{s:s, s:s}", "type", "IPAddress",
							   "value", gateway->address));
	for (size_t i = 0; i < gateway->listeners.count; i++)
		json_array_append_new(listeners,
				      listener_status(&gateway->listeners.items[i], generation));
	return json_pack("{s:o, s:o, s:o}", "addresses", addresses, "conditions",
			 gateway_conditions(gateway, generation), "listeners", listeners);
}

/* Hosts of listeners that an older object of another tenant stands on. */
static void note_claims(struct tenant *tenant, struct gateway_state *gateway,
			struct outcome *outcome)
{
	for (size_t i = 0; i < gateway->listeners.count; i++) {
		struct listener *listener = &gateway->listeners.items[i];

		if (!listener->accepted.ok ||
		    !pass_host_taken(&tenant->pass, gateway->carried->hub->object,
				     listener->hostname))
			continue;
		outcome->conflicted = true;
		listener->conflict = (struct verdict){
			.reason = "HostnameConflict",
			.message = arena_printf(tenant->pass.arena,
						"host %s is claimed by another tenant",
						listener->hostname),
		};
		report_reason(tenant->pass.arena, outcome, "%s", listener->conflict.message);
	}
}

static void note_faults(struct tenant *tenant, const struct gateway_state *gateway,
			struct outcome *outcome)
{
	struct arena *arena = tenant->pass.arena;

	if (!gateway->accepted.ok)
		report_reason(arena, outcome, "%s", gateway->accepted.message);
	if (!gateway->addressed.ok)
		report_reason(arena, outcome, "%s", gateway->addressed.message);
	if (!gateway->client.ok)
		report_reason(arena, outcome, "tls.backend.clientCertificateRef: %s",
			      gateway->client.message);
	for (size_t i = 0; i < gateway->listeners.count; i++) {
		const struct listener *listener = &gateway->listeners.items[i];
		const struct verdict *why =
			listener->accepted.ok ? &listener->resolved : &listener->accepted;

		if (!why->ok)
			report_reason(arena, outcome, "listener %s: %s", listener->spec->name,
				      why->message);
	}
}

void gateway_finish(struct tenant *tenant, struct gateway_state *gateway)
{
	struct arena *arena = tenant->pass.arena;
	struct outcome outcome =
		pass_outcome(gateway->carried->hub->object, gateway->carried->source->field);

	outcome.accepted = gateway->accepted.ok && gateway->addressed.ok &&
			   count_listeners(gateway, is_accepted);
	for (size_t i = 0; i < gateway->listeners.count; i++) {
		if (!listener_serves(&gateway->listeners.items[i]))
			continue;
		emit_port(tenant, gateway, i);
		note_needs(arena, &gateway->listeners.items[i], &outcome);
	}
	note_faults(tenant, gateway, &outcome);
	note_claims(tenant, gateway, &outcome);
	outcome.status = report_adopt(arena, gateway_status(gateway));
	LIST_APPEND(arena, tenant->pass.outcomes, outcome);
}
