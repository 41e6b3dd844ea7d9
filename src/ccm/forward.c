/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's own objects to hub objects: one table of kinds, and the way back of a field. */
#include "ccm/forward.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/gateway.h"
#include "base/arena.h"
#include "base/str.h"
#include "ccm/forward_route.h"
#include "ccm/forward_secret.h"
#include "ccm/forward_service.h"
#include "ccm/forwarding.h"

static void carry(struct forwarding *pass, const struct origin *origin)
{
	(void)pass;
	(void)origin;
}

static const struct {
	enum kind kind;
	void (*forward)(struct forwarding *pass, const struct origin *origin);
} handlers[] = {
	{ KIND_SERVICE, forward_service },
	{ KIND_INGRESS, forward_ingress },
	{ KIND_GATEWAY, forward_gateway },
	{ KIND_HTTP_ROUTE, forward_route },
	{ KIND_GRPC_ROUTE, forward_route },
	/* After all that may refer to one. */
	{ KIND_SECRET, forward_secret },
	{ KIND_CONFIG_MAP, carry },
	{ KIND_REFERENCE_GRANT, carry },
	{ KIND_NAMESPACE, carry },
};

static bool is_handled(enum kind kind)
{
	for (size_t i = 0; i < sizeof(handlers) / sizeof(*handlers); i++)
		if (handlers[i].kind == kind)
			return true;
	return false;
}

static const char *not_sent_reason(enum kind kind)
{
	switch ((int)kind) {
	case KIND_TLS_ROUTE:
	case KIND_TCP_ROUTE:
	case KIND_UDP_ROUTE:
		return "a route of this kind is not served";
	case KIND_GATEWAY_CLASS:
		return "a GatewayClass decides nothing: the Gateways of class '" KUBELB_CLASS
		       "' are served";
	}
	return "not a kind that is sent to the hub";
}

void forward(const struct forward_options *options, const struct forward_input *inputs,
	     size_t count, struct arena *arena, struct forward_outcome *outcomes,
	     struct forward_list *ret)
{
	struct forwarding pass;

	*ret = (struct forward_list){ 0 };
	forwarding_init(&pass, options, inputs, count, arena, outcomes, ret);
	for (size_t i = 0; i < count; i++)
		if (!is_handled(inputs[i].kind))
			forwarding_ignore(&pass, &pass.origins[i], "%s",
					  not_sent_reason(inputs[i].kind));
	for (size_t h = 0; h < sizeof(handlers) / sizeof(*handlers); h++)
		for (size_t i = 0; i < count; i++)
			if (pass.origins[i].kind == handlers[h].kind)
				handlers[h].forward(&pass, &pass.origins[i]);
	forwarding_done(&pass);
}

/* The index behind prefix, and *ret_rest what follows its "]". False: field is none such. */
static bool field_index(const char *field, const char *prefix, size_t *ret, const char **ret_rest)
{
	char *end;

	if (!str_has_prefix(field, prefix))
		return false;
	*ret = strtoul(field + strlen(prefix), &end, 10);
	*ret_rest = end + 1;
	return *end == ']';
}

static const char *load_balancer_field(struct arena *arena, const struct forwarded *forwarded,
				       const char *field)
{
	const struct string_list *ports = &forwarded->fields;
	const char *rest;
	size_t i;

	if (field_index(field, "spec.ports[", &i, &rest) && i < ports->count)
		return arena_printf(arena, "%s%s", ports->items[i], rest);
	if (field_index(field, "spec.endpoints[0].ports[", &i, &rest) && i < ports->count)
		return arena_printf(arena, "%s%s", ports->items[i],
				    str_equal(rest, ".port") ? ".nodePort" : rest);
	if (str_has_prefix(field, "spec.persistence"))
		return "spec.sessionAffinity";
	return str_has_prefix(field, "spec.endpoints") ? "spec" : field;
}

static const char *route_field(const struct forwarded *forwarded, const char *field)
{
	static const char resource[] = "spec.source.kubernetes.resource";
	const char *rest;
	size_t i;

	if (str_has_prefix(field, resource)) {
		field += strlen(resource);
		return *field == '.' ? field + 1 : field;
	}
	if (field_index(field, "spec.source.kubernetes.services[", &i, &rest) &&
	    i < forwarded->fields.count)
		return forwarded->fields.items[i];
	return str_has_prefix(field, "spec.") ? "spec" : field;
}

const char *forward_field(struct arena *arena, const struct forwarded *forwarded, const char *field)
{
	switch ((int)forwarded->kind) {
	case KIND_LOAD_BALANCER:
		return arena_strdup(arena, load_balancer_field(arena, forwarded, field));
	case KIND_ROUTE:
		return arena_strdup(arena, route_field(forwarded, field));
	}
	return arena_strdup(arena, field);
}
