/* SPDX-License-Identifier: Apache-2.0 */
/* Tenant: its name becomes a namespace, and it may set less than Config. */
#include "api/tenant.h"

#include <string.h>

#include "api/format.h"
#include "base/str.h"
#include "net/address.h"
#include "webhooks/kinds.h"
#include "webhooks/settings.h"

#define NAMESPACE_MAX 63

static void check_name(struct admission *admission, const char *name)
{
	struct path metadata = path_key(NULL, "metadata"), path = path_key(&metadata, "name");

	if (!name)
		return;
	if (!format_dns_label.fits(name) ||
	    strlen(name) > NAMESPACE_MAX - strlen(TENANT_NAMESPACE_PREFIX))
		problems_add(
			&admission->problems, "TN001", PROBLEM_INVALID, &path, name,
			"must be %s, and %zu characters at most: its namespace is tenant-<name>",
			format_dns_label.wanted, NAMESPACE_MAX - strlen(TENANT_NAMESPACE_PREFIX));
	else if (str_has_prefix(name, TENANT_NAMESPACE_PREFIX))
		problems_warn(&admission->problems, &path,
			      "its namespace is tenant-%.48s; did you mean %.48s?", name,
			      name + strlen(TENANT_NAMESPACE_PREFIX));
}

/* A Tenant sets how many proxies it gets and of what size; everything else of them is the Config's. */
static void check_envoy_proxy(struct admission *admission)
{
	static const char *const own[] = { "replicas", "resources", NULL };
	struct path spec = path_key(NULL, "spec"), path = path_key(&spec, "envoyProxy");
	const char *key;
	json_t *value;

	json_object_foreach(json_at(admission->object, "spec", "envoyProxy", NULL), key, value) {
		struct path at = path_key(&path, key);

		if (!str_in(key, own))
			problems_add(&admission->problems, "TN001", PROBLEM_INVALID, &at, NULL,
				     "only Config sets it; a Tenant sets replicas and resources");
	}
}

static bool lies_within(const char *text, const struct string_list *networks)
{
	struct network own, other;

	if (!network_parse(text, &own))
		return true;
	for (size_t i = 0; i < networks->count; i++)
		if (network_parse(networks->items[i], &other) && network_within(&own, &other))
			return true;
	return false;
}

/* A Tenant's exceptions narrow the Config's: one beside them opens nothing. */
static void check_exceptions(struct admission *admission, const struct endpoint_policy *own)
{
	const struct tenant_policy *config = policy_tenant(admission->config->policy, NULL);
	const struct endpoint_policy *all = &policy_settings(config)->endpoint_policy;
	struct path spec = path_key(NULL, "spec"), policy = path_key(&spec, "endpointPolicy");
	struct path list = path_key(&policy, "allowedCIDRs");

	for (size_t i = 0; i < own->allowed_cidrs.count; i++) {
		struct path item = path_index(&list, i);

		if (!lies_within(own->allowed_cidrs.items[i], &all->allowed_cidrs))
			problems_warn(&admission->problems, &item,
				      "opens nothing: not within the allowedCIDRs of Config "
				      "[TN001]");
	}
}

void tenant_validate(struct admission *admission)
{
	const struct tenant *tenant = admission->decoded;

	check_name(admission, tenant->header.metadata.name);
	check_envoy_proxy(admission);
	settings_check(admission, &tenant->settings);
	check_exceptions(admission, &tenant->settings.endpoint_policy);
}
