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

static void merge_class(struct class_settings *base, const struct class_settings *over)
{
	size_t kinds = sizeof(base->disabled_kinds) / sizeof(*base->disabled_kinds);

	merge_text(&base->class, over->class);
	merge_disable(&base->disable, over->disable);
	if (over->limit >= 0)
		base->limit = over->limit;
	merge_raw(&base->default_gateway, over->default_gateway);
	merge_raw(&base->gateway, over->gateway);
	for (size_t i = 0; i < kinds; i++)
		if (!json_is_true(base->disabled_kinds[i]))
			merge_raw(&base->disabled_kinds[i], over->disabled_kinds[i]);
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
	merge_class(&base->load_balancer, &over->load_balancer);
	merge_class(&base->ingress, &over->ingress);
	merge_class(&base->gateway_api, &over->gateway_api);
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
