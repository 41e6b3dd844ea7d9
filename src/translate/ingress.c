/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's Ingresses. (Kubernetes networking/v1 IngressRule, IngressBackend) */
#include "translate/ingress.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "policy/host.h"
#include "translate/backend.h"
#include "translate/hostname.h"
#include "translate/name.h"
#include "translate/regex.h"
#include "translate/report.h"

/* In a virtual host the routes of its own host come first, then those for every host, then what
 * Ingresses without rules send everything to. */
enum { RANK_OWN_HOST = RANK_EXACT_HOST, RANK_OF_RULE = RANK_HOST, RANK_LENGTH = RANK_FIRST };

struct ingresses {
	struct tenant *tenant;
	struct host_table *table;
	struct ingress_chains *chains;
	struct virtual_host *every_host; /* NULL: none */
	LIST_OF(struct ingress_state *) accepted;
	const char *address, *routes, *http, *https;
};

static bool class_is_ours(const struct tenant *tenant, const struct ingress *ingress)
{
	const char *own = policy_settings(tenant->pass.policy)->ingress.class;
	const char *class = ingress->class_name;

	if (!class)
		class = string_map_get(&ingress->header.metadata.annotations,
				       INGRESS_CLASS_ANNOTATION);
	return str_is_empty(class) || str_equal(class, KUBELB_CLASS) || str_equal(class, own);
}

bool ingress_host_allowed(struct tenant *tenant, struct ingress_state *ingress, const char *host)
{
	struct arena *arena = tenant->pass.arena;

	if (!policy_ingress_host_allowed(tenant->pass.policy, host)) {
		report_reason(arena, &ingress->outcome,
			      "host %s is not of the tenant's allowed domains", host);
		return false;
	}
	if (!str_equal(host, "*") &&
	    pass_host_taken(&tenant->pass, ingress->carried->hub->object, host)) {
		report_reason(arena, &ingress->outcome, "host %s is claimed by another tenant",
			      host);
		ingress->outcome.conflicted = true;
		return false;
	}
	return true;
}

/* The backend's cluster, or NULL; why not is noted. */
static const char *find_cluster(struct ingresses *all, struct ingress_state *ingress,
				const struct ingress_backend *backend)
{
	const struct carried *carried = ingress->carried;
	struct arena *arena = all->tenant->pass.arena;
	const char *namespace = carried->source->pre_scoped ? NULL : carried->namespace;
	const struct service *service;
	struct backend found;

	if (!backend->service) {
		report_reason(arena, &ingress->outcome, "a resource backend is not supported");
		return NULL;
	}
	service = backend_service(carried->hub, namespace, backend->service);
	if (!service) {
		report_reason(arena, &ingress->outcome, "Service %s not found", backend->service);
		return NULL;
	}
	found = backend_of_service(all->tenant, carried->hub, service, backend->port_number,
				   backend->port_name, false);
	if (found.dropped)
		report_reason(arena, &ingress->outcome, "%s", found.dropped);
	if (found.cluster)
		report_need(arena, &ingress->outcome, IR_CLUSTERS, found.cluster);
	else
		report_reason(arena, &ingress->outcome, "%s", found.message);
	return found.cluster;
}

/* "*." of an Ingress is exactly one label; Envoy's domain "*.b" is any number of them. */
static const char *authority(struct arena *arena, const char *host)
{
	const char *base = host_wildcard_base(host);

	return base ? arena_printf(arena, "(?i)^[^.]+\\.%s(:[0-9]+)?$", regex_quote(arena, base))
		    : NULL;
}

static struct ranked_route *new_route(struct ingresses *all, struct virtual_host *host,
				      struct ir_route **ret)
{
	struct arena *arena = all->tenant->pass.arena;
	struct ranked_route ranked = { .order = all->tenant->order++ };

	*ret = ARENA_NEW(arena, struct ir_route);
	(*ret)->match.path = "/";
	(*ret)->match.authority_regex = authority(arena, host->host);
	ranked.route = *ret;
	ranked.ranks[RANK_OWN_HOST] = 1;
	LIST_APPEND(arena, &host->routes, ranked);
	return &host->routes.items[host->routes.count - 1];
}

static void set_backend(struct ingresses *all, struct ingress_state *ingress,
			struct ir_route *route, const struct ingress_backend *backend)
{
	const struct ir_backend only = { .cluster = find_cluster(all, ingress, backend),
					 .weight = 1 };

	route->unresolved_status = 503;
	LIST_APPEND(all->tenant->pass.arena, &route->backends, only);
}

/* The longest path first; of equal ones the exact. What is ImplementationSpecific is a prefix. */
static void add_path(struct ingresses *all, struct ingress_state *ingress,
		     struct virtual_host *host, const struct ingress_path *path)
{
	static const struct ingress_backend none;
	struct ir_route *route;
	struct ranked_route *ranked = new_route(all, host, &route);
	const char *text = str_is_empty(path->path) ? "/" : path->path;
	size_t length = strlen(text);

	if (str_equal(path->path_type, "Exact"))
		route->match.path_type = IR_PATH_EXACT;
	while (route->match.path_type == IR_PATH_PREFIX && length > 1 && text[length - 1] == '/')
		length--;
	route->match.path = text;
	ranked->ranks[RANK_OF_RULE] = 1;
	ranked->ranks[RANK_LENGTH] = (uint32_t)length;
	ranked->ranks[RANK_LENGTH + 1] = route->match.path_type == IR_PATH_EXACT;
	set_backend(all, ingress, route, path->backend ? path->backend : &none);
}

static void add_default(struct ingresses *all, struct ingress_state *ingress,
			struct virtual_host *host, bool of_rule)
{
	struct ir_route *route;
	struct ranked_route *ranked = new_route(all, host, &route);

	ranked->ranks[RANK_OF_RULE] = of_rule;
	set_backend(all, ingress, route, ingress->spec->default_backend);
}

static struct virtual_host *get_host(struct ingresses *all, const char *host)
{
	struct virtual_host *found = host_table_get(all->table, host);

	if (str_equal(host, "*"))
		all->every_host = found;
	return found;
}

static bool add_rule(struct ingresses *all, struct ingress_state *ingress,
		     const struct ingress_rule *rule)
{
	const char *name = hostname_canonical(all->tenant->pass.arena, rule->host);
	struct virtual_host *host;

	if (!name || !ingress_host_allowed(all->tenant, ingress, name))
		return false;
	host = get_host(all, name);
	for (size_t i = 0; rule->http && i < rule->http->paths.count; i++)
		add_path(all, ingress, host, &rule->http->paths.items[i]);
	if (ingress->spec->default_backend)
		add_default(all, ingress, host, true);
	return true;
}

static bool add_rules(struct ingresses *all, struct ingress_state *ingress)
{
	bool served = false;

	for (size_t i = 0; i < ingress->spec->rules.count; i++)
		served = add_rule(all, ingress, &ingress->spec->rules.items[i]) || served;
	if (!ingress->spec->rules.count && ingress->spec->default_backend &&
	    ingress_host_allowed(all->tenant, ingress, "*")) {
		add_default(all, ingress, get_host(all, "*"), false);
		served = true;
	}
	return served;
}

static const char *refusal(struct ingresses *all, const struct ingress_state *ingress)
{
	if (!class_is_ours(all->tenant, ingress->spec))
		return "its class is not ours";
	if (policy_settings(all->tenant->pass.policy)->ingress.disable == YES)
		return "Ingresses are disabled for this tenant";
	if (!ingress->spec->rules.count && !ingress->spec->default_backend)
		return "it has neither rules nor a default backend";
	return all->address && all->http ? NULL : "no address is left in the pool";
}

static void add_ingress(struct ingresses *all, const struct carried *carried)
{
	struct arena *arena = all->tenant->pass.arena;
	struct ingress_state *ingress = ARENA_NEW(arena, struct ingress_state);
	const char *why;

	*ingress = (struct ingress_state){
		.carried = carried,
		.spec = carried->source->ingress,
		.outcome = pass_outcome(carried->hub->object, carried->source->field),
	};
	why = refusal(all, ingress);
	if (why)
		report_reason(arena, &ingress->outcome, "%s", why);
	if (why || !add_rules(all, ingress)) {
		LIST_APPEND(arena, all->tenant->pass.outcomes, ingress->outcome);
		return;
	}
	ingress->outcome.accepted = true;
	if (all->https)
		ingress_chains_add(all->tenant, all->chains, ingress);
	LIST_APPEND(arena, &all->accepted, ingress);
}

/* What a wildcard's one label does not match is for every host, if there is such a rule. */
static void end_wildcard(struct ingresses *all, struct virtual_host *host)
{
	struct ir_route *route;

	new_route(all, host, &route);
	route->status = 404;
	for (size_t i = 0; all->every_host && i < all->every_host->routes.count; i++) {
		struct ranked_route copy = all->every_host->routes.items[i];

		copy.ranks[RANK_OWN_HOST] = 0;
		LIST_APPEND(all->tenant->pass.arena, &host->routes, copy);
	}
}

static void emit_listener(struct ingresses *all, const char *name, int64_t port, bool tls)
{
	struct arena *arena = all->tenant->pass.arena;
	struct ir_listener listener = { .name = name,
					.address = all->address,
					.port = pass_port(&all->tenant->pass, port) };
	const struct ir_filter_chain plain = { .name = all->routes, .routes = all->routes };

	if (tls)
		ingress_chains_emit(all->tenant, all->chains, all->routes, &listener);
	else
		LIST_APPEND(arena, &listener.chains, plain);
	if (listener.chains.count)
		LIST_APPEND(arena, &all->tenant->pass.ir->listeners, listener);
}

static void finish(struct ingresses *all, struct ingress_state *ingress)
{
	struct pass *pass = &all->tenant->pass;
	struct outcome *outcome = &ingress->outcome;

	report_need(pass->arena, outcome, IR_ROUTES, all->routes);
	report_need(pass->arena, outcome, IR_LISTENERS, all->http);
	report_address(pass->arena, outcome, all->address, pass_port(pass, 80), "HTTP");
	if (ingress->tls) {
		report_need(pass->arena, outcome, IR_LISTENERS, all->https);
		report_address(pass->arena, outcome, all->address, pass_port(pass, 443), "HTTPS");
	}
	outcome->status = report_adopt(
		pass->arena, json_pack("{s:o}", "loadBalancer", report_load_balancer(outcome)));
	LIST_APPEND(pass->arena, pass->outcomes, *outcome);
}

static void emit(struct ingresses *all)
{
	struct virtual_host *host;

	for (size_t i = 0; (host = host_table_at(all->table, i)); i++)
		if (host_wildcard_base(host->host))
			end_wildcard(all, host);
	if (all->accepted.count) {
		host_table_emit(all->table, all->routes, all->tenant->pass.ir);
		emit_listener(all, all->http, 80, false);
	}
	if (all->https)
		emit_listener(all, all->https, 443, true);
	for (size_t i = 0; i < all->accepted.count; i++)
		finish(all, all->accepted.items[i]);
}

static void place(struct ingresses *all)
{
	struct pass *pass = &all->tenant->pass;
	const struct translate_context *context = pass->context;
	uint16_t http = pass_port(pass, 80), https = pass_port(pass, 443);

	if (all->address || policy_settings(pass->policy)->ingress.disable == YES)
		return;
	all->address =
		context->address(context->pool, owner_key_ingresses(pass->arena, pass->namespace));
	if (all->address && http)
		all->http = name_listener(pass->arena, pass->namespace, all->address, http, false);
	if (all->address && https)
		all->https =
			name_listener(pass->arena, pass->namespace, all->address, https, false);
}

void ingresses_translate(struct tenant *tenant)
{
	struct arena *arena = tenant->pass.arena;
	struct ingresses all = {
		.tenant = tenant,
		.table = host_table_new(arena),
		.chains = ingress_chains_new(arena),
		.routes = name_join(arena, tenant->pass.namespace, "ingresses", NULL),
	};

	for (size_t i = 0; i < tenant->carried.count; i++) {
		if (tenant->carried.items[i].source->kind != KIND_INGRESS)
			continue;
		if (class_is_ours(tenant, tenant->carried.items[i].source->ingress))
			place(&all);
		add_ingress(&all, &tenant->carried.items[i]);
	}
	emit(&all);
}
