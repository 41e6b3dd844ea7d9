/* SPDX-License-Identifier: Apache-2.0 */
/* Where a tenant's endpoints may lie. */
#include "policy/address_policy.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "policy/host.h"

/* An IPv6 address, or an IPv4 one in its mapped form. */
struct ip {
	unsigned char bytes[16];
};

/* From first to last, both within. */
struct network {
	struct ip first, last;
};

struct network_list {
	struct network *items;
	size_t count;
};

struct address_policy {
	struct network_list reserved, denied, allowed, own_allowed;
	struct string_list suffixes, own_suffixes;
	bool tenant_sets_allowed, tenant_sets_suffixes;
};

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

/* Only what inet_pton() takes: no octal, hexadecimal or short forms, no zone. */
static bool ip_parse(const char *text, struct ip *ret, bool *ret_v4)
{
	*ret_v4 = inet_pton(AF_INET, text, ret->bytes + 12) == 1;
	if (*ret_v4)
		memcpy(ret->bytes, mapped, sizeof(mapped));
	return *ret_v4 || inet_pton(AF_INET6, text, ret->bytes) == 1;
}

/* Where the IPv4 address lies within the IPv6 forms that reach it: ::a.b.c.d, the NAT64 prefix
 * 64:ff9b::/96 (RFC 6052), 6to4 (RFC 3056). */
static void ip_unwrap(struct ip *ip)
{
	static const unsigned char nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
	static const unsigned char compatible[12] = { 0 };
	unsigned char v4[4];

	if (!memcmp(ip->bytes, nat64, 12) ||
	    (!memcmp(ip->bytes, compatible, 12) && memcmp(ip->bytes + 12, "\0\0\0\0", 4) != 0 &&
	     memcmp(ip->bytes + 12, "\0\0\0\1", 4) != 0))
		memcpy(v4, ip->bytes + 12, 4);
	else if (ip->bytes[0] == 0x20 && ip->bytes[1] == 0x02)
		memcpy(v4, ip->bytes + 2, 4);
	else
		return;
	memcpy(ip->bytes, mapped, 12);
	memcpy(ip->bytes + 12, v4, 4);
}

static void network_of_prefix(struct network *network, const struct ip *ip, unsigned bits)
{
	network->first = network->last = *ip;
	for (unsigned i = 0; i < 16; i++) {
		unsigned within = bits >= 8 * (i + 1) ? 8 : bits <= 8 * i ? 0 : bits - 8 * i;
		unsigned char host = (unsigned char)(0xff >> within);

		network->first.bytes[i] = (unsigned char)(ip->bytes[i] & ~host);
		network->last.bytes[i] = (unsigned char)(ip->bytes[i] | host);
	}
}

/* "10.0.0.0/8", "10.1.2.3", "10.0.0.1-10.0.0.9" */
static bool network_parse(const char *text, struct network *ret)
{
	char copy[128];
	char *mark, kind;
	struct ip ip, last;
	bool v4, last_v4;
	int64_t bits;

	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	mark = strpbrk(copy, "/-");
	kind = mark ? *mark : '\0';
	if (mark)
		*mark++ = '\0';
	if (!ip_parse(copy, &ip, &v4))
		return false;
	if (kind == '-') {
		*ret = (struct network){ ip, ip };
		if (!ip_parse(mark, &last, &last_v4) || v4 != last_v4 ||
		    memcmp(&ip, &last, sizeof(ip)) > 0)
			return false;
		ret->last = last;
		return true;
	}
	bits = v4 ? 32 : 128;
	if (kind == '/' && !str_to_number(mark, 0, bits, &bits))
		return false;
	network_of_prefix(ret, &ip, (unsigned)bits + (v4 ? 96 : 0));
	return true;
}

static bool networks_hold(const struct network_list *networks, const struct ip *ip)
{
	for (size_t i = 0; i < networks->count; i++)
		if (memcmp(ip, &networks->items[i].first, sizeof(*ip)) >= 0 &&
		    memcmp(ip, &networks->items[i].last, sizeof(*ip)) <= 0)
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
		LIST_APPEND(arena, networks, network);
	}
	return 0;
}

bool network_text_valid(const char *text)
{
	struct network network;

	return !strchr(text, '-') && network_parse(text, &network);
}

bool ip_text_valid(const char *text)
{
	struct ip ip;
	bool v4;

	return ip_parse(text, &ip, &v4);
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

/* The addresses at which clouds tell a machine its credentials; no setting opens them. */
static const char *const metadata_services[] = {
	"169.254.169.254", "169.254.170.2", "169.254.170.23",  "169.254.169.253",
	"100.100.100.200", "168.63.129.16", "192.0.0.192",     "fd00:ec2::254",
	"fd00:ec2::23",	   "fd20:ce::254",  "fe80::a9fe:a9fe",
};

#define UNLESS "; only what endpointPolicy.allowedCIDRs lists is allowed"

static const struct {
	const char *network, *why;
} builtin[] = {
	{ "0.0.0.0/8", "unspecified" UNLESS },
	{ "127.0.0.0/8", "loopback" UNLESS },
	{ "169.254.0.0/16", "link-local" UNLESS },
	{ "224.0.0.0/4", "multicast" UNLESS },
	{ "255.255.255.255", "broadcast" UNLESS },
	{ "240.0.0.0/4", "a reserved network" UNLESS },
	{ "::", "unspecified" UNLESS },
	{ "::1", "loopback" UNLESS },
	{ "fe80::/10", "link-local" UNLESS },
	{ "fec0::/10", "site-local" UNLESS },
	{ "ff00::/8", "multicast" UNLESS },
};

static bool network_text_holds(const char *text, const struct ip *ip)
{
	struct network network;
	const struct network_list list = { &network, 1 };

	return network_parse(text, &network) && networks_hold(&list, ip);
}

static const char *builtin_denies(const struct ip *ip)
{
	for (size_t i = 0; i < sizeof(builtin) / sizeof(*builtin); i++)
		if (network_text_holds(builtin[i].network, ip))
			return builtin[i].why;
	return NULL;
}

const char *address_policy_denies_ip(const struct address_policy *policy, const char *text)
{
	struct ip ip;
	bool v4;

	if (!ip_parse(text, &ip, &v4))
		return "no IP address; must be four decimal numbers or an IPv6 address, no "
		       "network, no zone";
	ip_unwrap(&ip);
	if (networks_hold(&policy->reserved, &ip))
		return "an address of the hub itself; must be an address of the tenant's nodes";
	for (size_t i = 0; i < sizeof(metadata_services) / sizeof(*metadata_services); i++)
		if (network_text_holds(metadata_services[i], &ip))
			return "a metadata service; never allowed";
	if (networks_hold(&policy->denied, &ip))
		return "in endpointPolicy.deniedCIDRs; must be an address of the tenant's nodes";
	if (networks_hold(&policy->allowed, &ip) &&
	    (!policy->tenant_sets_allowed || networks_hold(&policy->own_allowed, &ip)))
		return NULL;
	return builtin_denies(&ip);
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
