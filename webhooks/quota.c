/* SPDX-License-Identifier: Apache-2.0 */
/* How much a tenant may have. */
#include "webhooks/quota.h"

static void check(struct admission *admission, const struct path *path, const char *what,
		  int64_t limit, size_t now, size_t before, size_t others)
{
	if (limit < 0 || now <= before || others + now <= (size_t)limit)
		return;
	problems_add(&admission->problems, "LB007", PROBLEM_TOO_MANY, path, NULL,
		     "the tenant would have %zu %s; at most %lld are allowed", others + now, what,
		     (long long)limit);
}

static int64_t limit_or(int64_t limit, int64_t absent)
{
	return limit < 0 ? absent : limit;
}

void quota_check(struct admission *admission)
{
	const struct settings *settings = policy_settings(admission->tenant);
	const struct usage now = usage_of(admission->kind, admission->decoded);
	struct path spec = path_key(NULL, "spec"), ports = path_key(&spec, "ports");
	struct path metadata = path_key(NULL, "metadata");
	struct inventory_usage usage;

	if (!admission->config->inventory)
		return;
	usage = inventory_usage(admission->config->inventory, admission->namespace, admission->kind,
				admission->name);
	check(admission, &metadata, "objects", limit_or(settings->objects_limit, QUOTA_OBJECTS),
	      now.objects, usage.own.objects, usage.others.objects);
	check(admission, &spec, "load balancers", settings->load_balancer.limit, now.load_balancers,
	      usage.own.load_balancers, usage.others.load_balancers);
	check(admission, &spec, "Gateways", settings->gateway_api.gateway_limit, now.gateways,
	      usage.own.gateways, usage.others.gateways);
	check(admission, admission->kind == KIND_LOAD_BALANCER ? &ports : &spec, "ports",
	      limit_or(settings->ports_limit, QUOTA_PORTS), now.ports, usage.own.ports,
	      usage.others.ports);
}
