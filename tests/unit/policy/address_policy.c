/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/address_policy.h"

#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "tests/unit/suite.h"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static struct string_list list(const char *first, ...)
{
	struct string_list list = { 0 };
	va_list args;

	va_start(args, first);
	for (; first; first = va_arg(args, const char *))
		LIST_APPEND(arena, &list, first);
	va_end(args);
	return list;
}

static const struct address_policy *policy(const struct endpoint_policy *config,
					   const struct endpoint_policy *tenant)
{
	static const char *const reserved[] = { "127.64.0.0/16", "192.0.2.0/29" };
	const struct address_policy_options options = {
		.config = config,
		.tenant = tenant,
		.tenant_sets_allowed = tenant && tenant->allowed_cidrs.count,
		.tenant_sets_suffixes = tenant && tenant->allowed_hostname_suffixes.count,
		.reserved = reserved,
		.reserved_count = 2,
	};
	const struct address_policy *policy = NULL;
	struct error err;

	ck_assert_int_eq(address_policy_new(&options, arena, &policy, &err), 0);
	return policy;
}

static void denies(const struct address_policy *policy, const char *ip, const char *why)
{
	const char *text = address_policy_denies_ip(policy, ip);

	ck_assert_msg(!why == !text && (!why || strstr(text, why)), "%s: %s", ip,
		      text ? text : "allowed");
}

START_TEST(ip_by_default_places_of_the_hub_denied)
{
	const struct endpoint_policy none = { 0 };
	const struct address_policy *p;
	static const struct {
		const char *ip, *why;
	} cases[] = {
		{ "10.1.2.3", NULL },
		{ "168.119.189.211", NULL },
		{ "2001:db8::1", NULL },
		{ "::ffff:10.1.2.3", NULL },
		{ "127.0.0.1", "loopback" },
		{ "::1", "loopback" },
		{ "0.0.0.0", "unspecified" },
		{ "::", "unspecified" },
		{ "::ffff:127.0.0.1", "loopback" },
		{ "::127.0.0.1", "loopback" },
		{ "64:ff9b::7f00:1", "loopback" },
		{ "2002:7f00:1::1", "loopback" },
		{ "169.254.1.1", "link-local" },
		{ "169.254.169.254", "metadata" },
		{ "::ffff:169.254.169.254", "metadata" },
		{ "fd00:ec2::254", "metadata" },
		{ "fe80::1", "link-local" },
		{ "224.0.0.1", "multicast" },
		{ "ff02::1", "multicast" },
		{ "255.255.255.255", "broadcast" },
		{ "192.0.2.5", "hub itself" },
		{ "192.0.2.8", NULL },
		{ "fe80::1%eth0", "no IP address" },
		{ "0x7f.1", "no IP address" },
		{ "017700000001", "no IP address" },
		{ "2130706433", "no IP address" },
		{ "127.1", "no IP address" },
		{ " 127.0.0.1", "no IP address" },
		{ "10.0.0.0/8", "no IP address" },
		{ "", "no IP address" },
	};

	setup();
	p = policy(&none, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		denies(p, cases[i].ip, cases[i].why);
	arena_free(arena);
}
END_TEST

START_TEST(ip_exceptions_open_builtin_list_only)
{
	struct endpoint_policy config = { 0 };
	const struct address_policy *p;

	setup();
	config.allowed_cidrs = list("127.0.0.0/8", "169.254.0.0/16", "10.9.0.0/16", NULL);
	config.denied_cidrs = list("127.9.0.0/16", "10.0.0.0/8", NULL);
	p = policy(&config, NULL);
	denies(p, "127.0.0.1", NULL);
	denies(p, "::ffff:127.0.0.1", NULL);
	denies(p, "::1", "loopback");
	denies(p, "127.9.0.1", "deniedCIDRs");
	denies(p, "10.9.0.1", "deniedCIDRs");
	denies(p, "127.64.0.1", "hub itself");
	denies(p, "169.254.169.254", "metadata");
	denies(p, "169.254.1.1", NULL);
	denies(p, "203.0.113.1", NULL);
	arena_free(arena);
}
END_TEST

START_TEST(ip_tenant_narrows_never_widens)
{
	struct endpoint_policy config = { 0 }, tenant = { 0 };
	const struct address_policy *p;

	setup();
	config.allowed_cidrs = list("127.0.0.0/16", NULL);
	tenant.allowed_cidrs = list("127.0.0.0/24", "127.1.0.0/16", NULL);
	tenant.denied_cidrs = list("203.0.113.0/24", NULL);
	p = policy(&config, &tenant);
	denies(p, "127.0.0.1", NULL);
	denies(p, "127.0.1.1", "loopback");
	denies(p, "127.1.0.1", "loopback");
	denies(p, "203.0.113.7", "deniedCIDRs");
	denies(p, "198.51.100.1", NULL);
	arena_free(arena);
}
END_TEST

static void hostname(const struct address_policy *policy, const char *name, bool allowed)
{
	ck_assert_msg(!address_policy_denies_hostname(policy, name) == allowed, "%s", name);
}

START_TEST(hostname_only_under_suffix_of_both)
{
	struct endpoint_policy config = { 0 }, tenant = { 0 };
	const struct address_policy *p;

	setup();
	hostname(policy(&config, NULL), "a.example.com", false);
	config.allowed_hostname_suffixes =
		list("example.com", ".below.example", "*.star.example", "local", "svc", "1", NULL);
	p = policy(&config, NULL);
	hostname(p, "example.com", true);
	hostname(p, "A.b.Example.com.", true);
	hostname(p, "badexample.com", false);
	hostname(p, "below.example", false);
	hostname(p, "a.below.example", true);
	hostname(p, "star.example", false);
	hostname(p, "a.star.example", true);
	hostname(p, "kubernetes.default.svc", false);
	hostname(p, "kubernetes.default.svc.cluster.local", false);
	hostname(p, "local", false);
	hostname(p, "0x7f.1", false);
	tenant.allowed_hostname_suffixes = list("t.example.com", "example.org", NULL);
	p = policy(&config, &tenant);
	hostname(p, "a.t.example.com", true);
	hostname(p, "a.example.com", false);
	hostname(p, "a.example.org", false);
	arena_free(arena);
}
END_TEST

SUITE(policy_address_policy, ip_by_default_places_of_the_hub_denied,
      ip_exceptions_open_builtin_list_only, ip_tenant_narrows_never_widens,
      hostname_only_under_suffix_of_both)
