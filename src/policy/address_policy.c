/* SPDX-License-Identifier: Apache-2.0 */
/* Where a tenant's endpoints may lie. */
#include "policy/address_policy.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "net/address.h"
#include "policy/host.h"

struct network_list {
	struct network *items;
	size_t count;
};

struct address_policy {
	struct network_list reserved, denied, allowed, own_allowed;
	struct string_list suffixes, own_suffixes;
	bool tenant_sets_allowed, tenant_sets_suffixes;
};

/* A network of IPv4 addresses in their IPv6 form is one of IPv4 addresses: endpoints are compared by
 * what they reach. */
static struct network network_unmap(const struct network *network)
{
	const struct address *address = &network->address;

	if (!address->v6 || network->prefix < 96 || address->bytes[10] != 0xff)
		return *network;
	return (struct network){ .address = address_unmap(address),
				 .prefix = network->prefix - 96 };
}

static bool networks_hold(const struct network_list *networks, const struct address *address)
{
	for (size_t i = 0; i < networks->count; i++)
		if (network_contains(&networks->items[i], address))
			return true;
	return false;
}

static int networks_add(struct network_list *networks, const char *const *texts, size_t count,
			struct arena *arena, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct network network;

		if (!network_parse(texts[i], &network))
			return error_set(err, ERROR_INVALID, "'%.64s' is no network", texts[i]);
		LIST_APPEND(arena, networks, network_unmap(&network));
	}
	return 0;
}

int address_policy_new(const struct address_policy_options *options, struct arena *arena,
		       const struct address_policy **ret, struct error *err)
{
	const struct endpoint_policy *config = options->config, *tenant = options->tenant;
	struct address_policy *policy = ARENA_NEW(arena, struct address_policy);
	int r;

	r = networks_add(&policy->reserved, options->reserved, options->reserved_count, arena, err);
	if (r == 0)
		r = networks_add(&policy->denied, config->denied_cidrs.items,
				 config->denied_cidrs.count, arena, err);
	if (r == 0)
		r = networks_add(&policy->allowed, config->allowed_cidrs.items,
				 config->allowed_cidrs.count, arena, err);
	if (r == 0 && tenant)
		r = networks_add(&policy->denied, tenant->denied_cidrs.items,
				 tenant->denied_cidrs.count, arena, err);
	if (r == 0 && tenant)
		r = networks_add(&policy->own_allowed, tenant->allowed_cidrs.items,
				 tenant->allowed_cidrs.count, arena, err);
	if (r < 0)
		return r;
	policy->suffixes = config->allowed_hostname_suffixes;
	if (tenant)
		policy->own_suffixes = tenant->allowed_hostname_suffixes;
	policy->tenant_sets_allowed = options->tenant_sets_allowed;
	policy->tenant_sets_suffixes = options->tenant_sets_suffixes;
	*ret = policy;
	return 0;
}

#define UNLESS "; only what endpointPolicy.allowedCIDRs lists is allowed"

static const char *builtin_denies(const struct address *address)
{
	static const struct {
		const char *class, *why;
	} reasons[] = {
		{ "loopback", "loopback" UNLESS },   { "link-local", "link-local" UNLESS },
		{ "multicast", "multicast" UNLESS }, { "unspecified", "unspecified" UNLESS },
		{ "broadcast", "broadcast" UNLESS },
	};
	const char *class = address_class(address);

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (str_equal(class, reasons[i].class))
			return reasons[i].why;
	return class ? "not an address of a machine" UNLESS : NULL;
}

const char *address_policy_denies_ip(const struct address_policy *policy, const char *text)
{
	struct address address;

	if (!address_parse(text, &address))
		return "no IP address; must be four decimal numbers or an IPv6 address, no "
		       "network, no zone";
	address = address_unmap(&address);
	if (networks_hold(&policy->reserved, &address))
		return "an address of the hub itself; must be an address of the tenant's nodes";
	if (str_equal(address_class(&address), "metadata"))
		return "a metadata service; never allowed";
	if (networks_hold(&policy->denied, &address))
		return "in endpointPolicy.deniedCIDRs; must be an address of the tenant's nodes";
	if (networks_hold(&policy->allowed, &address) &&
	    (!policy->tenant_sets_allowed || networks_hold(&policy->own_allowed, &address)))
		return NULL;
	return builtin_denies(&address);
}

static bool suffix_matches(const char *suffix, const char *host)
{
	char canonical[HOST_MAX + 1];

	if (str_has_prefix(suffix, "*."))
		suffix++;
	if (!host_canonical(suffix, canonical))
		return false;
	if (canonical[0] == '.')
		return host_is_below(host, canonical + 1);
	return str_equal(host, canonical) || host_is_below(host, canonical);
}

static bool suffixes_match(const struct string_list *suffixes, const char *host)
{
	for (size_t i = 0; i < suffixes->count; i++)
		if (suffix_matches(suffixes->items[i], host))
			return true;
	return false;
}

/* Resolvers take a name whose last label is a number for an address. */
static bool is_address_in_disguise(const char *last_label)
{
	if (str_has_prefix(last_label, "0x"))
		return true;
	return last_label[strspn(last_label, "0123456789")] == '\0';
}

const char *address_policy_denies_hostname(const struct address_policy *policy,
					   const char *hostname)
{
	static const char *const never[] = { "svc", "local", "internal", "localhost", NULL };
	char host[HOST_MAX + 1];
	const char *last;

	if (!host_canonical(hostname, host))
		return "no name";
	last = strrchr(host, '.');
	if (!last)
		return "a single label; must be a full name under an allowed suffix";
	if (is_address_in_disguise(last + 1))
		return "an address in disguise; must be a name";
	if (str_in(last + 1, never))
		return "a name inside a cluster or machine; never allowed";
	if (!suffixes_match(&policy->suffixes, host) ||
	    (policy->tenant_sets_suffixes && !suffixes_match(&policy->own_suffixes, host)))
		return "not under an allowed suffix; only what "
		       "endpointPolicy.allowedHostnameSuffixes lists is allowed";
	return NULL;
}
