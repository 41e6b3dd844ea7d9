/* SPDX-License-Identifier: Apache-2.0 */
/* The one judge of hostnames. */
#include "webhooks/hosts.h"

#include "api/format.h"
#include "policy/host.h"

/* Whose it is, is not told. */
static void check_owner(struct admission *admission, const char *rule, const struct path *path,
			const char *host)
{
	const struct inventory *inventory = admission->config->inventory;

	if (inventory && inventory_host_taken(inventory, admission->namespace, host))
		problems_add(&admission->problems, rule, PROBLEM_FORBIDDEN, path, host,
			     "is already taken; must be a host that nobody else has");
}

void host_check(struct admission *admission, const char *rule, const struct path *path,
		const char *host, enum wildcard_reach reach)
{
	struct problems *problems = &admission->problems;
	bool allowed = reach == REACH_ONE_LABEL
			       ? policy_ingress_host_allowed(admission->tenant, host)
			       : policy_host_allowed(admission->tenant, host);

	if (host && *host && !format_hostname.fits(host))
		problems_add(problems, rule, PROBLEM_INVALID, path, host, "must be %s",
			     format_hostname.wanted);
	else if (allowed)
		check_owner(admission, rule, path, host);
	else if (host_is_catch_all(host))
		problems_add(problems, rule, PROBLEM_FORBIDDEN, path, NULL,
			     "without a host it takes all hosts; must name hosts under the "
			     "tenant's allowedDomains");
	else
		problems_add(problems, rule, PROBLEM_FORBIDDEN, path, host,
			     "must be under the tenant's allowedDomains, and no wider");
}
