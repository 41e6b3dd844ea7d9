/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of a tenant's Ingresses: one filter chain per Secret, and one for what has no name. */
#include "translate/ingress_tls.h"

#include "base/arena.h"
#include "base/str.h"
#include "translate/hostname.h"
#include "translate/ingress.h"
#include "translate/name.h"
#include "translate/report.h"
#include "translate/tls_secret.h"

struct server_name {
	const char *secret;
	const struct ingress_state *ingress;
};

struct chain {
	const char *secret;
	struct string_list hosts;
};

struct ingress_chains {
	struct map *by_secret; /* struct chain */
	struct map *by_host;   /* struct server_name */
	LIST_OF(struct chain *) chains;
	const char *any; /* secret for every other host, or NULL */
};

struct ingress_chains *ingress_chains_new(struct arena *arena)
{
	struct ingress_chains *chains = ARENA_NEW(arena, struct ingress_chains);

	chains->by_secret = map_new(arena);
	chains->by_host = map_new(arena);
	return chains;
}

static struct chain *chain_get(struct arena *arena, struct ingress_chains *chains,
			       const char *secret)
{
	struct chain *chain = map_get(chains->by_secret, secret);

	if (chain)
		return chain;
	chain = ARENA_NEW(arena, struct chain);
	chain->secret = secret;
	map_add(chains->by_secret, secret, chain);
	LIST_APPEND(arena, &chains->chains, chain);
	return chain;
}

/* Who brings the certificate for a host: whoever named it first. */
static const struct server_name *claim_host(struct arena *arena, struct ingress_chains *chains,
					    const struct ingress_state *ingress, const char *host,
					    const char *secret)
{
	struct server_name *name = map_get(chains->by_host, host);

	if (name)
		return name;
	name = ARENA_NEW(arena, struct server_name);
	*name = (struct server_name){ .secret = secret, .ingress = ingress };
	map_add(chains->by_host, host, name);
	if (!str_equal(host, "*"))
		LIST_APPEND(arena, &chain_get(arena, chains, secret)->hosts, host);
	return name;
}

static void add_host(struct tenant *tenant, struct ingress_chains *chains,
		     struct ingress_state *ingress, const char *text, const char *secret)
{
	struct arena *arena = tenant->pass.arena;
	const char *host = hostname_canonical(arena, text);
	const struct server_name *name;

	if (!host || !ingress_host_allowed(tenant, ingress, host))
		return;
	name = claim_host(arena, chains, ingress, host, secret);
	ingress->tls = true;
	report_need(arena, &ingress->outcome, IR_SECRETS, name->secret);
	if (name->ingress != ingress && !str_equal(name->secret, secret))
		report_reason(arena, &ingress->outcome,
			      "TLS host %s: an older Ingress brings another certificate", host);
}

/* tls[] without hosts is for all hosts of the Ingress. */
static void add_hosts_of_rules(struct tenant *tenant, struct ingress_chains *chains,
			       struct ingress_state *ingress, const char *secret)
{
	for (size_t i = 0; i < ingress->spec->rules.count; i++)
		add_host(tenant, chains, ingress, ingress->spec->rules.items[i].host, secret);
	if (!ingress->spec->rules.count)
		add_host(tenant, chains, ingress, NULL, secret);
}

static void add_entry(struct tenant *tenant, struct ingress_chains *chains,
		      struct ingress_state *ingress, const struct ingress_tls *tls)
{
	const struct tls_secret *secret;

	if (str_is_empty(tls->secret_name))
		return;
	secret = tls_secret_find(tenant, ingress->carried->namespace, tls->secret_name);
	if (!secret->name) {
		report_reason(tenant->pass.arena, &ingress->outcome, "Secret %s %s",
			      tls->secret_name, secret->reason);
		return;
	}
	for (size_t i = 0; i < tls->hosts.count; i++)
		add_host(tenant, chains, ingress, tls->hosts.items[i], secret->name);
	if (!tls->hosts.count)
		add_hosts_of_rules(tenant, chains, ingress, secret->name);
}

/* An entry that names its hosts goes before one that is for all of them. */
void ingress_chains_add(struct tenant *tenant, struct ingress_chains *chains,
			struct ingress_state *ingress)
{
	const struct ingress *spec = ingress->spec;

	for (size_t i = 0; i < spec->tls.count; i++)
		if (spec->tls.items[i].hosts.count)
			add_entry(tenant, chains, ingress, &spec->tls.items[i]);
	for (size_t i = 0; i < spec->tls.count; i++)
		if (!spec->tls.items[i].hosts.count)
			add_entry(tenant, chains, ingress, &spec->tls.items[i]);
}

void ingress_chains_emit(struct tenant *tenant, const struct ingress_chains *chains,
			 const char *routes, struct ir_listener *listener)
{
	const struct server_name *any = map_get(chains->by_host, "*");
	struct arena *arena = tenant->pass.arena;

	for (size_t i = 0; i < chains->chains.count; i++) {
		const struct chain *chain = chains->chains.items[i];
		struct ir_filter_chain ir = { .name = chain->secret,
					      .routes = routes,
					      .server_names = chain->hosts };

		LIST_APPEND(arena, &ir.secrets, chain->secret);
		LIST_APPEND(arena, &listener->chains, ir);
	}
	if (any) {
		struct ir_filter_chain ir = { .name = routes, .routes = routes };

		LIST_APPEND(arena, &ir.secrets, any->secret);
		LIST_APPEND(arena, &listener->chains, ir);
	}
}
