/* SPDX-License-Identifier: Apache-2.0 */
/* Where a tenant's endpoints may lie: no place of the hub's own, whatever the form it is written in.
 *
 * An IP address is allowed unless one of these denies it, in this order: a reserved network of the
 * hub (never opened), a cloud's metadata address (never opened), a deniedCIDR of the Config or of
 * the Tenant, or the built-in list: loopback, link-local, multicast, unspecified, broadcast. An
 * allowedCIDR of the Config is an exception to the built-in list only; where the Tenant sets
 * allowedCIDRs too, the exception needs both. An IPv4 address inside an IPv6 one is judged as the
 * IPv4 address.
 *
 * A hostname is allowed only at or under an allowedHostnameSuffix of the Config, and of the Tenant
 * if that sets any. ".example.com" and "*.example.com" mean names below it, "example.com" also that
 * name itself. A single label, an address in disguise ("0x7f.1") and names under svc, local, internal
 * and localhost never are. */
#pragma once

#include <stddef.h>

#include "api/settings.h"
#include "base/error.h"

struct arena;
struct address_policy;

struct address_policy_options {
	const struct endpoint_policy *config, *tenant;	/* tenant may be NULL */
	bool tenant_sets_allowed, tenant_sets_suffixes; /* an empty list narrows to nothing */
	const char *const *reserved;
	size_t reserved_count;
};

/* Lives in the arena and borrows the suffixes. ERROR_INVALID names a network that cannot be read. */
int address_policy_new(const struct address_policy_options *options, struct arena *arena,
		       const struct address_policy **ret, struct error *err);

/* NULL when allowed; else why not and what would be allowed, a text that lives for ever. */
const char *address_policy_denies_ip(const struct address_policy *policy, const char *ip);
const char *address_policy_denies_hostname(const struct address_policy *policy,
					   const char *hostname);
