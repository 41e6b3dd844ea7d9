/* SPDX-License-Identifier: Apache-2.0 */
/* Settings that can be applied. */
#include "webhooks/settings.h"

#include <string.h>

#include "api/format.h"
#include "base/str.h"
#include "net/address.h"
#include "policy/annotations.h"
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

static void check_pattern(struct admission *admission, const struct path *path, const char *pattern)
{
	if (!annotation_pattern_valid(pattern))
		problems_add(&admission->problems, RULE, PROBLEM_INVALID, path, pattern,
			     "must be a pattern of annotation keys such as example.com/*");
}

static void check_default_annotations(struct admission *admission, const struct path *spec,
				      const json_t *defaults)
{
	static const char *const kinds[] = { "all",	  "service",   "ingress",  "gateway",
					     "httproute", "grpcroute", "tcproute", "udproute",
					     "tlsroute",  NULL };
	struct path path = path_key(spec, "defaultAnnotations");
	const char *kind, *key;
	json_t *list, *value;

	if (defaults && !json_is_object(defaults))
		problems_add(&admission->problems, RULE, PROBLEM_INVALID, &path, NULL,
			     "must be an object");
	json_object_foreach((json_t *)defaults, kind, list) {
		struct path of = path_key(&path, kind);

		if (!str_in(kind, kinds) || !json_is_object(list))
			problems_add(&admission->problems, RULE, PROBLEM_INVALID, &of, NULL,
				     "must be annotations of all, service, ingress, gateway, "
				     "httproute, grpcroute, tcproute, udproute or tlsroute");
		json_object_foreach(list, key, value) {
			struct path at = path_key(&of, key);

			if (!json_is_string(value))
				problems_add(&admission->problems, RULE, PROBLEM_INVALID, &at, NULL,
					     "must be a string");
		}
	}
}

static void check_annotations(struct admission *admission, const struct path *spec,
			      const struct settings *settings)
{
	struct path denied = path_key(spec, "deniedAnnotations");
	struct path propagated = path_key(spec, "propagatedAnnotations");

	for (size_t i = 0; i < settings->denied_annotations.count; i++) {
		struct path item = path_index(&denied, i);

		check_pattern(admission, &item, settings->denied_annotations.items[i]);
	}
	for (size_t i = 0; i < settings->propagated_annotations.count; i++) {
		const char *key = settings->propagated_annotations.items[i].key;
		struct path item = path_key(&propagated, key);

		check_pattern(admission, &item, key);
	}
	check_default_annotations(admission, spec, settings->default_annotations);
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
	check_annotations(admission, &spec, settings);
	check_wildcard_domain(admission, &spec, settings->dns.wildcard_domain);
	check_class(admission, &spec, "loadBalancer", settings->load_balancer.class,
		    &format_qualified_name);
	check_class(admission, &spec, "ingress", settings->ingress.class, &format_dns_subdomain);
	check_class(admission, &spec, "gatewayAPI", settings->gateway_api.class,
		    &format_dns_subdomain);
}
