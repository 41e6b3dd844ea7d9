/* SPDX-License-Identifier: Apache-2.0 */
/* core/v1 Service, as much of it as a load balancer reads. */
#include "api/service.h"

#include "api/format.h"
#include "base/str.h"

#define SERVICE_PORTS_MAX 100

static const char *const protocols[] = { "TCP", "UDP", "SCTP", NULL };
static const char *const types[] = { "ClusterIP", "NodePort", "LoadBalancer", "ExternalName",
				     NULL };

static const struct shape_field port_fields[] = {
	FIELD(struct service_port, "name", name, SHAPE_STRING, .format = &format_dns_label),
	FIELD(struct service_port, "protocol", protocol, SHAPE_STRING, .values = protocols),
	FIELD(struct service_port, "appProtocol", app_protocol, SHAPE_STRING),
	FIELD(struct service_port, "port", port, SHAPE_INT, .required = true, .min = 1,
	      .max = 65535),
	FIELD(struct service_port, "targetPort", target_port, SHAPE_INT_OR_STRING),
	FIELD(struct service_port, "nodePort", node_port, SHAPE_INT, .max = 65535, .rule = "RT004"),
	{ 0 },
};
static const struct shape port_shape = { sizeof(struct service_port), port_fields, NULL, false };

/* Open: what a load balancer does not read is not ours to judge. */
static const struct shape_field spec_fields[] = {
	FIELD(struct service, "type", type, SHAPE_STRING, .values = types),
	FIELD(struct service, "externalName", external_name, SHAPE_STRING),
	FIELD(struct service, "loadBalancerClass", load_balancer_class, SHAPE_STRING),
	FIELD(struct service, "loadBalancerIP", load_balancer_ip, SHAPE_STRING),
	FIELD(struct service, "clusterIP", cluster_ip, SHAPE_STRING),
	FIELD(struct service, "sessionAffinity", session_affinity, SHAPE_STRING),
	FIELD(struct service, "externalTrafficPolicy", external_traffic_policy, SHAPE_STRING),
	FIELD(struct service, "healthCheckNodePort", health_check_node_port, SHAPE_INT),
	FIELD(struct service, "externalIPs", external_ips, SHAPE_STRINGS, .max = 64),
	FIELD(struct service, "ports", ports, SHAPE_LIST, .of = &port_shape,
	      .max = SERVICE_PORTS_MAX),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct service), spec_fields, NULL, .open = true };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct service),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape },
	{ 0 },
};
const struct shape service_shape = { sizeof(struct service), fields, NULL, .open = true };

const struct service_port *service_port_find(const struct service *service, int64_t number,
					     const char *name)
{
	for (size_t i = 0; i < service->ports.count; i++) {
		const struct service_port *port = &service->ports.items[i];

		if (str_is_empty(name) ? port->port == number : str_equal(port->name, name))
			return port;
	}
	return NULL;
}
