/* SPDX-License-Identifier: Apache-2.0 */
/* LoadBalancer to IR: a listener and a cluster for each of its ports. */
#include "api/load_balancer.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "translate/name.h"
#include "translate/pass.h"
#include "translate/report.h"

struct balancer {
	struct pass *pass;
	const struct object *object;
	const struct load_balancer *spec;
	const char *address;
	json_t *ports; /* of status.service */
	struct outcome outcome;
};

/* By name, else at the same place, else the only one. */
static int64_t endpoint_port(const struct endpoints *group, const struct load_balancer_port *port,
			     size_t index)
{
	for (size_t i = 0; i < group->ports.count && !str_is_empty(port->name); i++)
		if (str_equal(group->ports.items[i].name, port->name))
			return group->ports.items[i].port;
	if (index < group->ports.count)
		return group->ports.items[index].port;
	return group->ports.count == 1 ? group->ports.items[0].port : 0;
}

static void add_group(struct balancer *b, struct ir_cluster *cluster, const struct endpoints *group,
		      size_t index)
{
	const struct load_balancer_port *port = &b->spec->ports.items[index];
	const struct nodes *nodes = pass_nodes(b->pass, group);
	int64_t number = endpoint_port(group, port, index);

	if (nodes->reason)
		report_reason(b->pass->arena, &b->outcome, "%s", nodes->reason);
	if (number < 1 || number > UINT16_MAX)
		report_reason(b->pass->arena, &b->outcome, "no endpoint port for port %lld",
			      (long long)port->port);
	else
		pass_add_endpoints(b->pass, cluster, nodes, number);
}

static const char *add_cluster(struct balancer *b, size_t index, bool udp)
{
	const struct load_balancer_port *port = &b->spec->ports.items[index];
	const char *proxy =
		string_map_get(&b->spec->header.metadata.annotations, ANNOTATION_PROXY_PROTOCOL);
	struct ir_cluster cluster = {
		.name = name_join(b->pass->arena, b->pass->namespace, b->object->name,
				  port_protocol(port->protocol),
				  name_number(b->pass->arena, (long)port->port), NULL),
		.protocol = udp ? IR_UDP : IR_TCP,
		.source_ip = str_equal(b->spec->persistence, "SourceIP"),
		.proxy_protocol = !udp && str_equal(proxy, "v2"),
	};

	for (size_t i = 0; i < b->spec->endpoints.count; i++)
		add_group(b, &cluster, &b->spec->endpoints.items[i], index);
	LIST_APPEND(b->pass->arena, &b->pass->ir->clusters, cluster);
	report_need(b->pass->arena, &b->outcome, IR_CLUSTERS, cluster.name);
	return cluster.name;
}

static void add_listener(struct balancer *b, uint16_t port, bool udp, const char *cluster)
{
	struct arena *arena = b->pass->arena;
	struct ir_listener listener = {
		.name = name_listener(arena, b->pass->namespace, b->address, port, udp),
		.address = b->address,
		.port = port,
		.udp = udp,
	};
	const struct ir_filter_chain chain = { .name = cluster, .cluster = cluster };

	LIST_APPEND(arena, &listener.chains, chain);
	LIST_APPEND(arena, &b->pass->ir->listeners, listener);
	report_need(arena, &b->outcome, IR_LISTENERS, listener.name);
	report_address(arena, &b->outcome, b->address, port, udp ? "UDP" : "TCP");
}

static void add_service_port(struct balancer *b, const struct load_balancer_port *port,
			     uint16_t listened)
{
	json_t *json =
		json_pack("{s:I, s:s, s:i}", "port", (json_int_t)port->port, "protocol",
			  port_protocol(port->protocol), "upstreamTargetPort", (int)listened);

	json_put_text(json, "name", port->name);
	json_array_append_new(b->ports, json);
}

static void add_port(struct balancer *b, size_t index)
{
	const struct load_balancer_port *port = &b->spec->ports.items[index];
	bool udp = str_equal(port_protocol(port->protocol), "UDP");
	uint16_t listened = pass_port(b->pass, port->port);

	if (!listened) {
		report_reason(b->pass->arena, &b->outcome, "port %lld cannot be listened on",
			      (long long)port->port);
		return;
	}
	for (size_t i = 0; i < b->outcome.addresses.count; i++) {
		const struct outcome_address *have = &b->outcome.addresses.items[i];

		if (have->port == listened && str_equal(have->protocol, "UDP") == udp) {
			report_reason(b->pass->arena, &b->outcome, "port %lld stands there twice",
				      (long long)port->port);
			return;
		}
	}
	add_listener(b, listened, udp, add_cluster(b, index, udp));
	add_service_port(b, port, listened);
}

/* Why nothing of it is served, or NULL. */
static const char *refusal(struct balancer *b)
{
	struct arena *arena = b->pass->arena;
	const char *owner = owner_key_load_balancer(arena, b->pass->namespace, b->object->name);

	if (policy_settings(b->pass->policy)->load_balancer.disable == YES)
		return "load balancers are disabled for this tenant";
	if (!b->spec->ports.count)
		return "it has no ports";
	b->address = b->pass->context->address(b->pass->context->pool, owner);
	return b->address ? NULL : "no address is left in the pool";
}

void translate_load_balancer(const struct translate_context *context, const struct object *object,
			     struct ir *ir, struct outcome_list *outcomes)
{
	struct pass pass;
	struct balancer b = { .pass = &pass, .object = object, .ports = json_array() };
	const char *why;

	pass_init(&pass, context, object->namespace, ir, outcomes);
	b.outcome = pass_outcome(object, NULL);
	b.spec = shape_decode(&load_balancer_shape, pass_json(&pass, object), UNKNOWN_IGNORED, NULL,
			      &pass.problems);
	why = refusal(&b);
	if (why)
		report_reason(pass.arena, &b.outcome, "%s", why);
	for (size_t i = 0; !why && i < b.spec->ports.count; i++)
		add_port(&b, i);
	b.outcome.accepted = b.outcome.addresses.count > 0;
	b.outcome.status = report_adopt(pass.arena, json_pack("{s:o, s:{s:o}}", "loadBalancer",
							      report_load_balancer(&b.outcome),
							      "service", "ports", b.ports));
	LIST_APPEND(pass.arena, outcomes, b.outcome);
}
