/* SPDX-License-Identifier: Apache-2.0 */
/* Routes on listeners: by name, by permission, by hostname. (Gateway API ParentReference) */
#include "translate/attach.h"

#include "base/arena.h"
#include "base/str.h"
#include "translate/gateway.h"
#include "translate/redirect.h"
#include "translate/report.h"
#include "translate/route_rules.h"

/* How far a route came with the listeners of a parent: the reason why it came no further. */
enum stage {
	STAGE_NONE,    /* no listener of that name and port */
	STAGE_NAMED,   /* not allowed by it */
	STAGE_ALLOWED, /* no hostname in common */
	STAGE_MATCHED, /* every hostname withheld */
	STAGE_ATTACHED,
};

struct attachment {
	struct tenant *tenant;
	const struct carried *carried;
	const struct parent_list *parents;
	const struct string_list *hostnames;
	struct route_rules rules;
	struct outcome outcome;
	const char *withheld; /* why a hostname was, of the parent under way */
	const char *withheld_reason;
	json_t *statuses;
};

/* Of the tenant's claims on a host (the listener's and the route's own) one has to stand. */
static bool host_taken(const struct attachment *a, const struct listener *listener,
		       const char *host)
{
	const struct pass *pass = &a->tenant->pass;
	const struct object *gateway = listener->gateway->carried->hub->object;
	bool named = !str_equal(listener->hostname, "*");

	if (a->hostnames->count && !pass_host_taken(pass, a->carried->hub->object, host))
		return false;
	if (named && !pass_host_taken(pass, gateway, host))
		return false;
	return a->hostnames->count || named;
}

static bool host_withheld(struct attachment *a, const struct listener *listener, const char *host)
{
	struct arena *arena = a->tenant->pass.arena;

	if (!policy_host_allowed(a->tenant->pass.policy, host)) {
		a->withheld_reason = "HostnameNotAllowed";
		a->withheld =
			arena_printf(arena, "host %s is not of the tenant's allowed domains", host);
	} else if (host_taken(a, listener, host)) {
		a->outcome.conflicted = true;
		a->withheld_reason = "HostnameConflict";
		a->withheld = arena_printf(arena, "host %s is claimed by another tenant", host);
	} else {
		return false;
	}
	report_reason(arena, &a->outcome, "%s", a->withheld);
	return true;
}

static uint32_t length(const char *host)
{
	uint32_t n = 0;

	while (host[n])
		n++;
	return n;
}

/* own is the route's hostname that led to host, or NULL. */
static void serve_host(struct attachment *a, struct listener *listener, const char *host,
		       const char *own)
{
	struct virtual_host *virtual = host_table_get(listener->hosts, host);

	for (size_t i = 0; i < a->rules.routes.count; i++) {
		struct ranked_route route = a->rules.routes.items[i];

		route.route = redirect_at(&a->tenant->pass, route.route, listener, host);
		if (own) {
			route.ranks[RANK_EXACT_HOST] = own[0] == '*' ? 0 : length(own);
			route.ranks[RANK_HOST] = length(own);
		}
		LIST_APPEND(a->tenant->pass.arena, &virtual->routes, route);
	}
}

struct effective_host {
	const char *host, *own;
};

struct effective_hosts {
	struct effective_host *items;
	size_t count;
};

/* A host that two hostnames lead to counts once, by the more telling one. */
static void add_host(struct arena *arena, struct effective_hosts *hosts, const char *host,
		     const char *own)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (str_equal(hosts->items[i].host, host)) {
			if (hostname_covers(hosts->items[i].own, own))
				hosts->items[i].own = own;
			return;
		}
	LIST_APPEND(arena, hosts, (struct effective_host){ .host = host, .own = own });
}

static struct effective_hosts effective_hosts(const struct attachment *a,
					      const struct listener *listener)
{
	struct arena *arena = a->tenant->pass.arena;
	struct effective_hosts hosts = { 0 };

	if (!listener->hostname)
		return hosts;
	if (!a->hostnames->count)
		add_host(arena, &hosts, listener->hostname, NULL);
	for (size_t i = 0; i < a->hostnames->count; i++) {
		const char *own = hostname_canonical(arena, a->hostnames->items[i]);
		const char *host = own ? hostname_intersection(listener->hostname, own) : NULL;

		if (host)
			add_host(arena, &hosts, host, own);
	}
	return hosts;
}

/* Of HTTPRoutes and GRPCRoutes whose hosts meet on a listener the older kind stays alone. */
static bool other_kind_stands(struct attachment *a, const struct listener *listener,
			      const struct effective_hosts *hosts)
{
	bool grpc = a->carried->source->kind == KIND_GRPC_ROUTE;
	const struct host_set *others = grpc ? listener->http_hosts : listener->grpc_hosts;

	for (size_t i = 0; a->tenant->has_grpc && i < hosts->count; i++)
		if (host_set_meets(others, hosts->items[i].host)) {
			a->withheld_reason = "HostnameConflict";
			a->withheld = arena_printf(a->tenant->pass.arena,
						   "an older route of another kind stands on host "
						   "%s",
						   hosts->items[i].host);
			report_reason(a->tenant->pass.arena, &a->outcome, "%s", a->withheld);
			return true;
		}
	return false;
}

static void note_attached(struct attachment *a, struct listener *listener)
{
	struct arena *arena = a->tenant->pass.arena;

	listener->last_attached = a->carried;
	if (a->rules.dropped_count < a->rules.rule_count)
		listener->attached++;
	if (!listener_serves(listener))
		return;
	report_need(arena, &a->outcome, IR_LISTENERS, listener->listener_name);
	report_need(arena, &a->outcome, IR_ROUTES, listener->routes_name);
	report_address(arena, &a->outcome, listener->gateway->address, listener->port,
		       listener->tls ? "HTTPS" : "HTTP");
}

static enum stage attach_listener(struct attachment *a, struct listener *listener)
{
	bool grpc = a->carried->source->kind == KIND_GRPC_ROUTE;
	struct effective_hosts hosts;
	bool served = false;

	if (!listener_allows(a->tenant->pass.arena, listener, a->carried))
		return STAGE_NAMED;
	if (listener->last_attached == a->carried)
		return STAGE_ATTACHED;
	hosts = effective_hosts(a, listener);
	if (!hosts.count)
		return STAGE_ALLOWED;
	if (other_kind_stands(a, listener, &hosts))
		return STAGE_MATCHED;
	for (size_t i = 0; i < hosts.count; i++) {
		if (host_withheld(a, listener, hosts.items[i].host))
			continue;
		served = true;
		host_set_add(grpc ? listener->grpc_hosts : listener->http_hosts,
			     hosts.items[i].host);
		if (listener->hosts && !listener_shadowed(listener, hosts.items[i].host))
			serve_host(a, listener, hosts.items[i].host, hosts.items[i].own);
	}
	if (served)
		note_attached(a, listener);
	return served ? STAGE_ATTACHED : STAGE_MATCHED;
}

static enum stage attach_parent(struct attachment *a, struct gateway_state *gateway,
				const struct parent_ref *parent)
{
	enum stage furthest = STAGE_NONE;

	for (size_t i = 0; i < gateway->listeners.count; i++) {
		struct listener *listener = &gateway->listeners.items[i];
		enum stage stage;

		if ((parent->section_name &&
		     !str_equal(parent->section_name, listener->spec->name)) ||
		    (parent->port && parent->port != listener->spec->port))
			continue;
		stage = attach_listener(a, listener);
		furthest = stage > furthest ? stage : furthest;
	}
	return furthest;
}

static struct verdict parent_verdict(const struct attachment *a, enum stage stage)
{
	const struct route_rules *rules = &a->rules;

	switch (stage) {
	case STAGE_NONE:
		return (struct verdict){ false, "NoMatchingParent",
					 "the Gateway has no such listener" };
	case STAGE_NAMED:
		return (struct verdict){ false, "NotAllowedByListeners",
					 "no listener allows this route" };
	case STAGE_ALLOWED:
		return (struct verdict){ false, "NoMatchingListenerHostname",
					 "no listener has a hostname in common with it" };
	case STAGE_MATCHED:
		return (struct verdict){ false, a->withheld_reason, a->withheld };
	case STAGE_ATTACHED:
		break;
	}
	if (rules->dropped_count == rules->rule_count)
		return (struct verdict){ false, rules->dropped_reason, rules->dropped_message };
	return (struct verdict){ true, "Accepted", "" };
}

static void add_status(struct attachment *a, size_t index, enum stage stage)
{
	const struct verdict accepted = parent_verdict(a, stage);
	const struct route_rules *rules = &a->rules;
	const json_t *refs = json_at(a->carried->source->json, "spec", "parentRefs", NULL);
	int64_t generation = a->carried->source->header->metadata.generation;
	json_t *conditions = json_array();

	report_condition(conditions, "Accepted", accepted.ok, accepted.reason, accepted.message,
			 generation);
	report_condition(conditions, "ResolvedRefs", !rules->unresolved,
			 rules->unresolved ? rules->unresolved : "ResolvedRefs",
			 rules->unresolved_message, generation);
	if (rules->dropped_count && accepted.ok)
		report_condition(conditions, "PartiallyInvalid", true, rules->dropped_reason,
				 rules->dropped_message, generation);
	if (a->withheld && stage == STAGE_ATTACHED)
		report_condition(conditions, "Conflicted", true, a->withheld_reason, a->withheld,
				 generation);
	a->outcome.accepted = a->outcome.accepted || accepted.ok;
	if (!accepted.ok)
		report_reason(a->tenant->pass.arena, &a->outcome, "%s: %s", accepted.reason,
			      accepted.message);
	json_array_append_new(a->statuses, json_pack("{s:o, s:s, s:o}", "parentRef",
						     json_deep_copy(json_array_get(refs, index)),
						     "controllerName", GATEWAY_CONTROLLER,
						     "conditions", conditions));
}

static struct gateway_state *find_parent(const struct attachment *a,
					 const struct parent_ref *parent)
{
	if ((parent->group && !str_equal(parent->group, GATEWAY_GROUP)) ||
	    (parent->kind && !str_equal(parent->kind, "Gateway")) || !parent->name)
		return NULL;
	return gateway_find(a->tenant,
			    parent->namespace ? parent->namespace : a->carried->namespace,
			    parent->name);
}

static void note_rules(struct attachment *a)
{
	struct arena *arena = a->tenant->pass.arena;
	const struct route_rules *rules = &a->rules;

	for (size_t i = 0; i < rules->clusters.count; i++)
		report_need(arena, &a->outcome, IR_CLUSTERS, rules->clusters.items[i]);
	if (rules->unresolved)
		report_reason(arena, &a->outcome, "%s", rules->unresolved_message);
	if (rules->dropped_count)
		report_reason(arena, &a->outcome, "%s", rules->dropped_message);
	if (rules->endpoints_reason)
		report_reason(arena, &a->outcome, "%s", rules->endpoints_reason);
}

static void attach_parents(struct attachment *a)
{
	for (size_t i = 0; i < a->parents->count; i++) {
		struct gateway_state *gateway = find_parent(a, &a->parents->items[i]);

		a->withheld = NULL;
		if (gateway)
			add_status(a, i, attach_parent(a, gateway, &a->parents->items[i]));
	}
	if (!json_array_size(a->statuses))
		report_reason(a->tenant->pass.arena, &a->outcome,
			      "none of its parents is a Gateway of ours");
}

static bool kind_disabled(const struct tenant *tenant, bool grpc)
{
	const struct gateway_api_settings *settings =
		&policy_settings(tenant->pass.policy)->gateway_api;
	enum disabled_kind kind = grpc ? DISABLED_GRPC_ROUTE : DISABLED_HTTP_ROUTE;

	return settings->disable == YES || settings->disabled_kinds[kind] == YES;
}

void attach_route(struct tenant *tenant, const struct carried *carried)
{
	const struct route_source *source = carried->source;
	bool grpc = source->kind == KIND_GRPC_ROUTE;
	struct attachment a = {
		.tenant = tenant,
		.carried = carried,
		.parents =
			grpc ? &source->grpc_route->parent_refs : &source->http_route->parent_refs,
		.hostnames = grpc ? &source->grpc_route->hostnames : &source->http_route->hostnames,
		.outcome = pass_outcome(carried->hub->object, source->field),
		.statuses = json_array(),
	};

	if (kind_disabled(tenant, grpc)) {
		a.outcome.reason = "routes of this kind are disabled for this tenant";
	} else {
		route_rules_init(&a.rules, tenant, carried);
		note_rules(&a);
		attach_parents(&a);
	}
	a.outcome.status =
		report_adopt(tenant->pass.arena, json_pack("{s:o}", "parents", a.statuses));
	LIST_APPEND(tenant->pass.arena, tenant->pass.outcomes, a.outcome);
}
