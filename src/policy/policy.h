/* SPDX-License-Identifier: Apache-2.0 */
/* The policy snapshot: what Config and Tenants say, immutable, counted, read by every thread. */
#pragma once

#include "api/endpoint.h"
#include "api/settings.h"
#include "base/error.h"
#include "policy/grants.h"

struct policy;

struct policy_options {
	json_t *config;		/* a Config object as admitted, or NULL: defaults */
	json_t *const *tenants; /* Tenant objects as admitted */
	size_t tenant_count;
	/* Networks ("10.0.0.0/8", "10.1.2.3") that no setting opens: the address pool, xDS, admin. */
	const char *const *reserved;
	size_t reserved_count;
};

/* Copies all that it needs. One reference, the caller's. ERROR_INVALID for a network that cannot be
 * read and for two Tenants of one name. */
int policy_new(const struct policy_options *options, struct policy **ret, struct error *err);
struct policy *policy_ref(struct policy *policy);
void policy_unref(struct policy *policy);
CLEANUP_DEFINE(policy_unref, struct policy *)

/* What holds for one tenant: Config overridden by its Tenant. A tenant without a Tenant has the
 * Config's settings. */
struct tenant_policy;
/* Never NULL; borrowed from the snapshot. A namespace of NULL has what Config says alone. */
const struct tenant_policy *policy_tenant(const struct policy *policy, const char *namespace);

/* May an endpoint lie there? If not, *ret_why says in a few words why, and what would be allowed
 * (policy/address_policy.h); a text that lives for ever. */
bool policy_endpoint_allowed(const struct tenant_policy *tenant,
			     const struct endpoint_address *address, const char **ret_why);

/* Are the tenant's allowed domains wide enough for this host ("", "*" or NULL: all hosts)? A "*."
 * is taken as Gateway API's, of any depth; policy_ingress_host_allowed() as Ingress', one label. */
bool policy_host_allowed(const struct tenant_policy *tenant, const char *host);
bool policy_ingress_host_allowed(const struct tenant_policy *tenant, const char *host);

/* The merged settings, for what has no question of its own above. */
const struct settings *policy_settings(const struct tenant_policy *tenant);
