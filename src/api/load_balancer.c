/* SPDX-License-Identifier: Apache-2.0 */
/* LoadBalancer: layer 4. */
#include "api/load_balancer.h"

#include "base/str.h"

static const char *const persistences[] = { "SourceIP", NULL };
static const char *const types[] = { "ClusterIP", "NodePort", "LoadBalancer", NULL };
static const char *const traffic_policies[] = { "", "Cluster", "Local", NULL };

static const struct shape_field port_fields[] = {
	FIELD(struct load_balancer_port, "name", name, SHAPE_STRING),
	FIELD(struct load_balancer_port, "port", port, SHAPE_INT, .required = true, .min = 1,
	      .max = 65535, .rule = "LB002"),
	FIELD(struct load_balancer_port, "protocol", protocol, SHAPE_STRING,
	      .values = port_protocols, .rule = "LB002"),
	{ 0 },
};
static const struct shape port_shape = { sizeof(struct load_balancer_port), port_fields, NULL,
					 false };

static const struct shape_field persistence_fields[] = {
	{ .name = "type", .type = SHAPE_STRING, .values = persistences },
	{ 0 },
};
static const struct shape persistence_shape = { sizeof(const char *), persistence_fields, NULL,
						false };

static const struct shape_field spec_fields[] = {
	FIELD(struct load_balancer, "endpoints", endpoints, SHAPE_LIST, .of = &endpoints_shape,
	      .required = true, .min = 1, .max = ENDPOINT_GROUPS_MAX),
	FIELD(struct load_balancer, "ports", ports, SHAPE_LIST, .of = &port_shape,
	      .max = PORTS_MAX),
	FIELD(struct load_balancer, "hostname", hostname, SHAPE_STRING),
	FIELD(struct load_balancer, "type", type, SHAPE_STRING, .values = types, .rule = "LB003"),
	FIELD(struct load_balancer, "externalTrafficPolicy", external_traffic_policy, SHAPE_STRING,
	      .values = traffic_policies),
	FIELD(struct load_balancer, "persistence", persistence, SHAPE_OBJECT,
	      .of = &persistence_shape),
	{ 0 },
};
/* The spec's fields lie in struct load_balancer itself, so its offset is 0. */
static const struct shape spec_shape = { sizeof(struct load_balancer), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct load_balancer),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	FIELD(struct load_balancer, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape load_balancer_shape = { sizeof(struct load_balancer), fields, NULL, false };

const struct endpoint_port *load_balancer_target(const struct load_balancer *load_balancer,
						 size_t index, const struct endpoints *group)
{
	const char *name = load_balancer->ports.items[index].name;

	for (size_t i = 0; !str_is_empty(name) && i < group->ports.count; i++)
		if (str_equal(group->ports.items[i].name, name))
			return &group->ports.items[i];
	return group->ports.count == load_balancer->ports.count ? &group->ports.items[index] : NULL;
}
