/* SPDX-License-Identifier: Apache-2.0 */
/* One translation of one namespace. */
#include "translate/pass.h"

#include "api/addresses.h"
#include "base/arena.h"
#include "net/address.h"
#include "translate/report.h"

void pass_init(struct pass *pass, const struct translate_context *context, const char *namespace,
	       struct ir *ir, struct outcome_list *outcomes)
{
	*pass = (struct pass){
		.context = context,
		.policy = policy_tenant(context->policy, namespace),
		.namespace = namespace,
		.arena = ir->arena,
		.ir = ir,
		.outcomes = outcomes,
		.problems = { .arena = ir->arena },
		.nodes = map_new(ir->arena),
	};
}

json_t *pass_json(struct pass *pass, const struct object *object)
{
	return report_adopt(pass->arena, object_json(object));
}

/* Judged again although admission did: the policy may have changed since. Returns why it is left out,
 * or NULL. */
static const char *judge(struct pass *pass, const struct endpoint_address *address,
			 struct nodes *nodes)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address parsed;
	const char *why;

	if (!address->ip)
		return "host names are not resolved";
	if (!address_parse(address->ip, &parsed))
		return "it is no IP address";
	if (!policy_endpoint_allowed(pass->policy, address, &why))
		return why;
	address_text(&parsed, text);
	LIST_APPEND(pass->arena, &nodes->addresses, arena_strdup(pass->arena, text));
	return NULL;
}

static void add_node(struct pass *pass, const struct endpoint_address *address, struct nodes *nodes)
{
	const char *name = address->ip ? address->ip : address->hostname;
	const char *why = judge(pass, address, nodes);

	if (why && !nodes->reason)
		nodes->reason = arena_printf(pass->arena, "endpoint %s is left out: %s",
					     name ? name : "without address", why);
}

static void read_addresses(struct pass *pass, const char *name, struct nodes *nodes)
{
	const struct object *object =
		store_get(pass->context->store, KIND_ADDRESSES, pass->namespace, name);
	const struct addresses *addresses;

	if (!object) {
		nodes->reason = arena_printf(pass->arena, "Addresses %s not found", name);
		return;
	}
	addresses = shape_decode(&addresses_shape, pass_json(pass, object), UNKNOWN_IGNORED, NULL,
				 &pass->problems);
	for (size_t i = 0; i < addresses->addresses.count; i++)
		add_node(pass, &addresses->addresses.items[i], nodes);
}

const struct nodes *pass_nodes(struct pass *pass, const struct endpoints *group)
{
	const char *name = group->addresses_reference ? group->addresses_reference->name : NULL;
	struct nodes *nodes = name ? map_get(pass->nodes, name) : NULL;

	if (nodes)
		return nodes;
	nodes = ARENA_NEW(pass->arena, struct nodes);
	if (name) {
		read_addresses(pass, name, nodes);
		map_add(pass->nodes, name, nodes);
	}
	for (size_t i = 0; !name && i < group->addresses.count; i++)
		add_node(pass, &group->addresses.items[i], nodes);
	return nodes;
}

void pass_add_endpoints(struct pass *pass, struct ir_cluster *cluster, const struct nodes *nodes,
			int64_t port)
{
	for (size_t i = 0; i < nodes->addresses.count; i++)
		LIST_APPEND(pass->arena, &cluster->endpoints,
			    (struct ir_endpoint){ .address = nodes->addresses.items[i],
						  .port = (uint16_t)port });
}

uint16_t pass_port(const struct pass *pass, int64_t port)
{
	if (port < 1 || port > UINT16_MAX - pass->context->port_offset)
		return 0;
	return (uint16_t)(port + pass->context->port_offset);
}

bool pass_host_taken(const struct pass *pass, const struct object *object, const char *host)
{
	const struct host_claim claim = {
		.host = host, .namespace = pass->namespace, .name = object->name, .age = object->age
	};

	return pass->context->claims && host_claims_conflict(pass->context->claims, &claim);
}

struct outcome pass_outcome(const struct object *object, const char *source)
{
	return (struct outcome){ .kind = object->kind, .name = object->name, .source = source };
}
