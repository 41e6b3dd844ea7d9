/* SPDX-License-Identifier: Apache-2.0 */
/* A Service: a LoadBalancer of its own, or carried in the Routes that name it. */
#include "ccm/forward_service.h"

#include <ctype.h>

#include "api/addresses.h"
#include "api/format.h"
#include "api/gateway.h"
#include "base/arena.h"
#include "base/str.h"

static const char *const protocols[] = { "TCP", "UDP", "SCTP", NULL };
static const char *const types[] = { "ClusterIP", "NodePort", "LoadBalancer", NULL };

static bool is_port_number(const json_t *number)
{
	return json_integer_value(number) >= 1 && json_integer_value(number) <= 65535;
}

/* What no API server would have stored is no port, so that a wrong Service leaves the backends that
 * name it unresolved and does not get their routes refused. */
static bool is_backend_port(const json_t *port)
{
	const char *protocol = json_text(port, "protocol");

	return is_port_number(json_object_get(port, "port")) &&
	       is_port_number(json_object_get(port, "nodePort")) &&
	       (!json_has(port, "protocol") || str_in(protocol, protocols));
}

static json_t *embed_port(const json_t *port)
{
	const json_t *target = json_object_get(port, "targetPort");
	json_t *copy = json_object();
	const char *name = json_text(port, "name");

	if (name && format_dns_label.fits(name))
		json_put_text(copy, "name", name);
	json_put_text(copy, "protocol", json_text(port, "protocol"));
	json_put_text(copy, "appProtocol", json_text(port, "appProtocol"));
	json_object_set_new(copy, "port", json_deep_copy(json_object_get(port, "port")));
	if (json_is_integer(target) || json_is_string(target))
		json_object_set_new(copy, "targetPort", json_deep_copy(target));
	json_object_set_new(copy, "nodePort", json_deep_copy(json_object_get(port, "nodePort")));
	return copy;
}

bool service_is_backend(const struct origin *origin)
{
	const json_t *port;
	size_t i;

	if (str_equal(json_text(origin->spec, "type"), "ExternalName"))
		return false;
	json_array_foreach(json_object_get(origin->spec, "ports"), i, port)
		if (is_backend_port(port))
			return true;
	return false;
}

json_t *service_embed(struct forwarding *pass, const struct origin *origin)
{
	const char *type = json_text(origin->spec, "type");
	json_t *ports = json_array(), *spec;
	const json_t *port;
	size_t i;

	json_array_foreach(json_object_get(origin->spec, "ports"), i, port)
		if (is_backend_port(port))
			json_array_append_new(ports, embed_port(port));
	spec = json_pack("{so}", "ports", ports);
	if (str_in(type, types))
		json_put_text(spec, "type", type);
	return json_pack("{ss ss s{ss ss} so}", "apiVersion",
			 kind_api_version(pass->arena, KIND_SERVICE), "kind", "Service", "metadata",
			 "name", origin->name, "namespace", origin->namespace, "spec", spec);
}

/* What is there is sent, so that a wrong one is refused by name; 0 is what an API server reads as none. */
static bool has_node_port(const json_t *port)
{
	const json_t *number = json_object_get(port, "nodePort");

	return json_has(port, "nodePort") &&
	       !(json_is_integer(number) && !json_integer_value(number));
}

/* Its own name in lower case, or "80-tcp". */
static json_t *port_name(struct arena *arena, const json_t *port)
{
	const char *name = json_text(port, "name");
	const char *protocol = json_text(port, "protocol");
	char *lower;

	if (str_is_empty(name))
		name = arena_printf(arena, "%lld-%s",
				    (long long)json_integer_value(json_object_get(port, "port")),
				    protocol ? protocol : "TCP");
	lower = arena_strdup(arena, name);
	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return json_string(lower);
}

static void add_port(struct forwarding *pass, const json_t *port, json_t *ports, json_t *upstream)
{
	const json_t *protocol = json_object_get(port, "protocol");
	json_t *listened = json_object(), *reached = json_object();

	json_object_set_new(listened, "name", port_name(pass->arena, port));
	json_object_set_new(reached, "name", port_name(pass->arena, port));
	if (json_has(port, "port"))
		json_object_set_new(listened, "port",
				    json_deep_copy(json_object_get(port, "port")));
	json_object_set_new(reached, "port", json_deep_copy(json_object_get(port, "nodePort")));
	json_object_set_new(listened, "protocol",
			    protocol ? json_deep_copy(protocol) : json_string("TCP"));
	json_object_set_new(reached, "protocol",
			    protocol ? json_deep_copy(protocol) : json_string("TCP"));
	json_array_append_new(ports, listened);
	json_array_append_new(upstream, reached);
}

/* The fields of the Service's ports that are forwarded. */
static struct string_list add_ports(struct forwarding *pass, const struct origin *origin,
				    json_t *ports, json_t *upstream)
{
	const struct path spec = path_key(NULL, "spec"), list = path_key(&spec, "ports");
	struct string_list fields = { 0 };
	json_t *port;
	size_t i;

	json_array_foreach(json_object_get(origin->spec, "ports"), i, port) {
		struct path at = path_index(&list, i);

		if (!has_node_port(port)) {
			forwarding_warn(pass, origin, &at, "it has no nodePort and is not served");
		} else if (str_equal(json_text(port, "protocol"), "SCTP")) {
			forwarding_warn(pass, origin, &at, "protocol SCTP is not served");
		} else {
			add_port(pass, port, ports, upstream);
			LIST_APPEND(pass->arena, &fields, path_text(pass->arena, &at));
		}
	}
	return fields;
}

static json_t *load_balancer_spec(const struct origin *origin, json_t *ports, json_t *upstream)
{
	json_t *spec = json_pack("{s[{s{ss}so}] so ss}", "endpoints", "addressesReference", "name",
				 ADDRESSES_DEFAULT, "ports", upstream, "ports", ports, "type",
				 "LoadBalancer");

	if (json_has(origin->spec, "externalTrafficPolicy"))
		json_object_set_new(
			spec, "externalTrafficPolicy",
			json_deep_copy(json_object_get(origin->spec, "externalTrafficPolicy")));
	if (str_equal(json_text(origin->spec, "sessionAffinity"), "ClientIP"))
		json_object_set_new(spec, "persistence", json_pack("{ss}", "type", "SourceIP"));
	return spec;
}

void forward_service(struct forwarding *pass, const struct origin *origin)
{
	const char *class = json_text(origin->spec, "loadBalancerClass");
	struct string_list fields;
	json_t *ports, *upstream;

	if (!str_equal(json_text(origin->spec, "type"), "LoadBalancer"))
		return;
	if (class && !str_equal(class, KUBELB_CLASS) && !pass->options->any_class) {
		forwarding_ignore(pass, origin,
				  "its loadBalancerClass is %s; ours is '%s', or none",
				  problem_quote(pass->arena, class), KUBELB_CLASS);
		return;
	}
	ports = json_array();
	upstream = json_array();
	fields = add_ports(pass, origin, ports, upstream);
	if (!fields.count) {
		json_decref(ports);
		json_decref(upstream);
		forwarding_ignore(
			pass, origin,
			"no nodePort: none of its TCP and UDP ports says where the nodes answer");
		return;
	}
	forwarding_send(pass, origin, KIND_LOAD_BALANCER,
			load_balancer_spec(origin, ports, upstream))
		->fields = fields;
}
