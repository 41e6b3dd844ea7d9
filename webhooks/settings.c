/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that can be applied. */
#include "webhooks/settings.h"

#include <string.h>

#include "api/format.h"
#include "base/str.h"
#include "net/address.h"
#include "policy/domains.h"
#include "policy/host.h"

#define RULE "TN001"

static bool is_network(const char *text)
{
	struct network network;

	return network_parse(text, &network);
}

static bool is_suffix(const char *text)
{
	char canonical[HOST_MAX + 1];

	if (str_has_prefix(text, "*."))
		text++;
	return host_canonical(*text == '.' ? text + 1 : text, canonical) &&
	       format_dns_subdomain.fits(canonical);
}

static void check_list(struct admission *admission, const struct path *parent, const char *key,
		       const struct string_list *list, bool (*fits)(const char *),
		       const char *wanted)
{
	struct path path = path_key(parent, key);

	for (size_t i = 0; i < list->count; i++) {
		struct path item = path_index(&path, i);

		if (!fits(list->items[i]))
			problems_add(&admission->problems, RULE, PROBLEM_INVALID, &item,
				     list->items[i], "must be %s", wanted);
	}
}

static void check_class(struct admission *admission, const struct path *spec, const char *key,
			const char *class, const struct shape_format *format)
{
	struct path parent = path_key(spec, key), path = path_key(&parent, "class");

	if (!str_is_empty(class) && !format->fits(class))
		problems_add(&admission->problems, RULE, PROBLEM_INVALID, &path, class,
			     "must be %s", format->wanted);
}

/* "internal-vip" or "example.com/internal-vip" */
static bool is_qualified_name(const char *text)
{
	const char *slash = strchr(text, '/');

	return format_dns_label.fits(slash ? slash + 1 : text);
}

static const struct shape_format format_qualified_name = {
	is_qualified_name, "a class name such as example.com/internal"
};

static void check_wildcard_domain(struct admission *admission, const struct path *spec,
				  const char *domain)
{
	struct path parent = path_key(spec, "dns"), path = path_key(&parent, "wildcardDomain");

	if (!str_is_empty(domain) && (!domain_pattern_valid(domain) ||
				      str_in(domain, (const char *const[]){ "*", "**", NULL })))
		problems_add(&admission->problems, RULE, PROBLEM_INVALID, &path, domain,
			     "must be a domain such as *.apps.example.com");
}

void settings_check(struct admission *admission, const struct settings *settings)
{
	static const char network[] = "an address or a network such as 10.0.0.0/8";
	static const char domain[] =
		"a domain such as example.com, *.example.com, **.example.com, or ** for all";
	const struct endpoint_policy *policy = &settings->endpoint_policy;
	struct path spec = path_key(NULL, "spec");
	struct path endpoints = path_key(&spec, "endpointPolicy");
	struct path dns = path_key(&spec, "dns"), certificates = path_key(&spec, "certificates");

	check_list(admission, &endpoints, "allowedCIDRs", &policy->allowed_cidrs, is_network,
		   network);
	check_list(admission, &endpoints, "deniedCIDRs", &policy->denied_cidrs, is_network,
		   network);
	check_list(admission, &endpoints, "allowedHostnameSuffixes",
		   &policy->allowed_hostname_suffixes, is_suffix,
		   "a domain such as example.com or .example.com");
	check_list(admission, &spec, "allowedDomains", &settings->allowed_domains,
		   domain_pattern_valid, domain);
	check_list(admission, &dns, "allowedDomains", &settings->dns.allowed_domains,
		   domain_pattern_valid, domain);
	check_list(admission, &certificates, "allowedDomains",
		   &settings->certificates.allowed_domains, domain_pattern_valid, domain);
	check_wildcard_domain(admission, &spec, settings->dns.wildcard_domain);
	check_class(admission, &spec, "loadBalancer", settings->load_balancer.class,
		    &format_qualified_name);
	check_class(admission, &spec, "ingress", settings->ingress.class, &format_dns_subdomain);
	check_class(admission, &spec, "gatewayAPI", settings->gateway_api.class,
		    &format_dns_subdomain);
}
