/* SPDX-License-Identifier: Apache-2.0 */
/* The policy snapshot: what Config and Tenants say. */
#include "policy/policy.h"

#include <stdlib.h>
#include <uthash.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/str.h"
#include "policy/address_policy.h"
#include "policy/domains.h"
#include "policy/merge.h"

struct tenant_policy {
	const char *name; /* of the Tenant, without "tenant-" */
	const struct settings *settings;
	const struct address_policy *addresses;
	UT_hash_handle hh;
};

struct policy {
	int references; /* atomic */
	struct arena *arena;
	struct tenant_policy *tenants;
	struct tenant_policy fallback; /* of tenants without a Tenant */
};

/* A copy that lives as long as the snapshot: the caller's tree may change. */
static json_t *keep_spec(struct arena *arena, const json_t *object)
{
	return json_adopt(arena, json_deep_copy(json_object_get(object, "spec")));
}

static int tenant_policy_init(struct tenant_policy *tenant, struct arena *arena,
			      const struct policy_options *options, const json_t *config,
			      const json_t *own, struct error *err)
{
	const json_t *own_endpoints = json_object_get(own, "endpointPolicy");
	const struct settings *base = settings_merge(config, NULL, arena);
	const struct settings *over = settings_merge(own, NULL, arena);
	const struct address_policy_options addresses = {
		.config = &base->endpoint_policy,
		.tenant = own ? &over->endpoint_policy : NULL,
		.tenant_sets_allowed = json_has(own_endpoints, "allowedCIDRs"),
		.tenant_sets_suffixes = json_has(own_endpoints, "allowedHostnameSuffixes"),
		.reserved = options->reserved,
		.reserved_count = options->reserved_count,
	};

	tenant->settings = settings_merge(config, own, arena);
	return address_policy_new(&addresses, arena, &tenant->addresses, err);
}

static int policy_add_tenant(struct policy *policy, const struct policy_options *options,
			     const json_t *config, const json_t *object, struct error *err)
{
	const char *name = json_text(json_object_get(object, "metadata"), "name");
	struct tenant_policy *tenant;
	int r;

	if (!name)
		return error_set(err, ERROR_INVALID, "a Tenant without a name");
	HASH_FIND_STR(policy->tenants, name, tenant);
	if (tenant)
		return error_set(err, ERROR_INVALID, "two Tenants named '%s'", name);
	tenant = ARENA_NEW(policy->arena, struct tenant_policy);
	tenant->name = arena_strdup(policy->arena, name);
	r = tenant_policy_init(tenant, policy->arena, options, config,
			       keep_spec(policy->arena, object), err);
	if (r < 0)
		return error_prefix(err, "Tenant '%s'", name);
	HASH_ADD_KEYPTR(hh, policy->tenants, tenant->name, strlen(tenant->name), tenant);
	return 0;
}

int policy_new(const struct policy_options *options, struct policy **ret, struct error *err)
{
	CLEANUP(policy_unref) struct policy *policy = memory_new(1, sizeof(*policy));
	const json_t *config;
	int r;

	policy->references = 1;
	policy->arena = arena_new();
	config = keep_spec(policy->arena, options->config);
	r = tenant_policy_init(&policy->fallback, policy->arena, options, config, NULL, err);
	if (r < 0)
		return error_prefix(err, "Config");
	for (size_t i = 0; i < options->tenant_count; i++) {
		r = policy_add_tenant(policy, options, config, options->tenants[i], err);
		if (r < 0)
			return r;
	}
	*ret = take(policy);
	return 0;
}

struct policy *policy_ref(struct policy *policy)
{
	__atomic_add_fetch(&policy->references, 1, __ATOMIC_RELAXED);
	return policy;
}

void policy_unref(struct policy *policy)
{
	if (!policy || __atomic_sub_fetch(&policy->references, 1, __ATOMIC_ACQ_REL))
		return;
	HASH_CLEAR(hh, policy->tenants);
	arena_free(policy->arena);
	free(policy);
}

const struct tenant_policy *policy_tenant(const struct policy *policy, const char *namespace)
{
	const char *name = tenant_of_namespace(namespace);
	struct tenant_policy *tenant = NULL;

	if (name)
		HASH_FIND_STR(policy->tenants, name, tenant);
	return tenant ? tenant : &policy->fallback;
}

bool policy_endpoint_allowed(const struct tenant_policy *tenant,
			     const struct endpoint_address *address, const char **ret_why)
{
	const char *why =
		address->ip ? address_policy_denies_ip(tenant->addresses, address->ip)
			    : address_policy_denies_hostname(tenant->addresses, address->hostname);

	if (why)
		*ret_why = why;
	return !why;
}

bool policy_host_allowed(const struct tenant_policy *tenant, const char *host)
{
	return domains_allow(&tenant->settings->allowed_domains, host, REACH_ANY_DEPTH);
}

bool policy_ingress_host_allowed(const struct tenant_policy *tenant, const char *host)
{
	return domains_allow(&tenant->settings->allowed_domains, host, REACH_ONE_LABEL);
}

const struct settings *policy_settings(const struct tenant_policy *tenant)
{
	return tenant->settings;
}
