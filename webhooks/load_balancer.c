/* SPDX-License-Identifier: Apache-2.0 */
/* LoadBalancer: its defaults and rules. */
#include "api/load_balancer.h"

#include "api/format.h"
#include "base/str.h"
#include "webhooks/annotations.h"
#include "webhooks/endpoints.h"
#include "webhooks/hosts.h"
#include "webhooks/kinds.h"
#include "webhooks/quota.h"

static void default_protocols(json_t *ports)
{
	json_t *port;
	size_t i;

	json_array_foreach(ports, i, port)
		if (json_is_object(port) && !json_has(port, "protocol"))
			json_object_set_new(port, "protocol", json_string(port_protocol(NULL)));
}

void load_balancer_mutate(struct admission *admission)
{
	json_t *spec = json_object_get(admission->object, "spec");
	json_t *group;
	size_t i;

	default_protocols(json_object_get(spec, "ports"));
	json_array_foreach(json_object_get(spec, "endpoints"), i, group)
		default_protocols(json_object_get(group, "ports"));
	annotations_mutate(admission);
}

/* LB001: port i of the LoadBalancer in one group. */
static void check_target(struct admission *admission, const struct load_balancer *lb, size_t i,
			 size_t group, const struct path *path)
{
	const struct load_balancer_port *port = &lb->ports.items[i];
	const struct endpoint_port *target =
		load_balancer_target(lb, i, &lb->endpoints.items[group]);

	if (!target)
		problems_add(&admission->problems, "LB001", PROBLEM_NOT_FOUND, path, port->name,
			     "has no port in spec.endpoints[%zu].ports; must have one of its name, "
			     "or both lists one length",
			     group);
	else if (!str_equal(port_protocol(port->protocol), port_protocol(target->protocol)))
		problems_add(&admission->problems, "LB001", PROBLEM_INVALID, path, port->name,
			     "is %s but leads to a %s port in spec.endpoints[%zu].ports",
			     port_protocol(port->protocol), port_protocol(target->protocol), group);
}

static bool same_port(const struct load_balancer_port *a, const struct load_balancer_port *b)
{
	return a->port == b->port &&
	       str_equal(port_protocol(a->protocol), port_protocol(b->protocol));
}

/* LB002: port i beside those before it. */
static void check_port(struct admission *admission, const struct load_balancer *lb, size_t i,
		       const struct path *path)
{
	const struct load_balancer_port *port = &lb->ports.items[i];
	struct path name = path_key(path, "name");
	struct path number = path_key(path, "port");

	if (!str_is_empty(port->name) && !format_dns_label.fits(port->name))
		problems_add(&admission->problems, "LB002", PROBLEM_INVALID, &name, port->name,
			     "must be %s", format_dns_label.wanted);
	for (size_t j = 0; j < i && !str_is_empty(port->name); j++)
		if (str_equal(port->name, lb->ports.items[j].name)) {
			problems_add(&admission->problems, "LB002", PROBLEM_DUPLICATE, &name,
				     port->name, "port names must be unique");
			break;
		}
	for (size_t j = 0; j < i && port->port; j++)
		if (same_port(port, &lb->ports.items[j])) {
			problems_add(&admission->problems, "LB002", PROBLEM_DUPLICATE, &number,
				     NULL, "%lld/%s is there already; each port and protocol once",
				     (long long)port->port, port_protocol(port->protocol));
			break;
		}
}

static void check_type(struct admission *admission, const char *type)
{
	const struct load_balancer_settings *settings =
		&policy_settings(admission->tenant)->load_balancer;
	struct path spec = path_key(NULL, "spec"), path = path_key(&spec, "type");

	if (settings->disable == YES)
		problems_add(&admission->problems, "LB003", PROBLEM_FORBIDDEN, &spec, NULL,
			     "load balancers are disabled by Config or Tenant");
	else if (settings->disable_node_port == YES && str_equal(type, "NodePort"))
		problems_add(&admission->problems, "LB003", PROBLEM_FORBIDDEN, &path, type,
			     "is disabled by Config or Tenant; must be LoadBalancer or ClusterIP");
}

void load_balancer_validate(struct admission *admission)
{
	const struct load_balancer *lb = admission->decoded;
	struct path spec = path_key(NULL, "spec");
	struct path ports = path_key(&spec, "ports");

	if (!lb->ports.count)
		problems_add(&admission->problems, "LB001", PROBLEM_REQUIRED, &ports, NULL,
			     "must hold at least one port to listen on");
	for (size_t i = 0; i < lb->ports.count; i++) {
		struct path at = path_index(&ports, i);

		check_port(admission, lb, i, &at);
		for (size_t group = 0; group < lb->endpoints.count; group++)
			check_target(admission, lb, i, group, &at);
	}
	check_type(admission, lb->type);
	annotations_validate(admission);
}

void load_balancer_authorize(struct admission *admission)
{
	const struct load_balancer *lb = admission->decoded;
	struct path spec = path_key(NULL, "spec");
	struct path hostname = path_key(&spec, "hostname");

	quota_check(admission);
	endpoints_check(admission, lb->endpoints.items, lb->endpoints.count);
	if (str_is_empty(lb->hostname))
		return;
	host_check(admission, "LB006", &hostname, lb->hostname, REACH_ANY_DEPTH);
	if (policy_settings(admission->tenant)->dns.allow_explicit_hostnames != YES)
		problems_warn(&admission->problems, &hostname,
			      "not served: dns.allowExplicitHostnames is not set");
}
