/* SPDX-License-Identifier: Apache-2.0 */
/* The Config's settings, overridden by a Tenant's. */
#include "policy/merge.h"

#include "base/arena.h"

/* Decodes a spec that the chain has judged before; what is no object sets nothing. */
static struct settings *decode(const json_t *spec, struct arena *arena)
{
	struct problems ignored = { .arena = arena };

	return shape_decode(&settings_shape, spec, UNKNOWN_IGNORED, NULL, &ignored);
}

static void merge_annotations(struct settings *base, const struct settings *over,
			      const json_t *tenant, struct arena *arena)
{
	if (json_has(tenant, "propagatedAnnotations") ||
	    json_has(tenant, "propagateAllAnnotations")) {
		base->propagated_annotations = over->propagated_annotations;
		base->propagate_all_annotations = over->propagate_all_annotations;
	}
	for (size_t i = 0; i < over->denied_annotations.count; i++)
		LIST_APPEND(arena, &base->denied_annotations, over->denied_annotations.items[i]);
	if (over->default_annotations)
		base->default_annotations = over->default_annotations;
}

static void merge_disable(enum tristate *base, enum tristate over)
{
	if (*base != YES && over != UNSET)
		*base = over;
}

static void merge_tristate(enum tristate *base, enum tristate over)
{
	if (over != UNSET)
		*base = over;
}

static void merge_text(const char **base, const char *over)
{
	if (over)
		*base = over;
}

static void merge_raw(json_t **base, json_t *over)
{
	if (over)
		*base = over;
}

static void merge_list(struct string_list *base, const struct string_list *over)
{
	if (over->count)
		*base = *over;
}

static void merge_limit(int64_t *base, int64_t over)
{
	if (over >= 0)
		*base = over;
}

static void merge_gateway_api(struct gateway_api_settings *base,
			      const struct gateway_api_settings *over)
{
	merge_text(&base->class, over->class);
	merge_disable(&base->disable, over->disable);
	for (int i = 0; i < DISABLED_KINDS; i++)
		merge_disable(&base->disabled_kinds[i], over->disabled_kinds[i]);
	merge_raw(&base->default_gateway, over->default_gateway);
	merge_limit(&base->gateway_limit, over->gateway_limit);
}

static void merge_classes(struct settings *base, const struct settings *over)
{
	merge_text(&base->load_balancer.class, over->load_balancer.class);
	merge_disable(&base->load_balancer.disable, over->load_balancer.disable);
	merge_disable(&base->load_balancer.disable_node_port,
		      over->load_balancer.disable_node_port);
	merge_limit(&base->load_balancer.limit, over->load_balancer.limit);
	merge_text(&base->ingress.class, over->ingress.class);
	merge_disable(&base->ingress.disable, over->ingress.disable);
	merge_gateway_api(&base->gateway_api, &over->gateway_api);
}

static void merge_dns(struct dns_settings *base, const struct dns_settings *over)
{
	merge_text(&base->wildcard_domain, over->wildcard_domain);
	merge_tristate(&base->allow_explicit_hostnames, over->allow_explicit_hostnames);
	merge_tristate(&base->use_dns_annotations, over->use_dns_annotations);
	merge_tristate(&base->use_certificate_annotations, over->use_certificate_annotations);
	merge_disable(&base->disable, over->disable);
	merge_list(&base->allowed_domains, &over->allowed_domains);
}

struct settings *settings_merge(const json_t *config, const json_t *tenant, struct arena *arena)
{
	struct settings *base = decode(config, arena);
	const struct settings *over;

	if (!json_is_object(tenant))
		return base;
	over = decode(tenant, arena);
	merge_annotations(base, over, tenant, arena);
	merge_classes(base, over);
	merge_limit(&base->ports_limit, over->ports_limit);
	merge_limit(&base->objects_limit, over->objects_limit);
	merge_dns(&base->dns, &over->dns);
	merge_text(&base->certificates.default_cluster_issuer,
		   over->certificates.default_cluster_issuer);
	merge_disable(&base->certificates.disable, over->certificates.disable);
	merge_list(&base->certificates.allowed_domains, &over->certificates.allowed_domains);
	if (json_has(json_object_get(tenant, "envoyProxy"), "replicas"))
		base->envoy_proxy.replicas = over->envoy_proxy.replicas;
	merge_raw(&base->envoy_proxy.resources, over->envoy_proxy.resources);
	merge_list(&base->allowed_domains, &over->allowed_domains);
	merge_raw(&base->circuit_breaker, over->circuit_breaker);
	return base;
}
