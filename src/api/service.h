/* SPDX-License-Identifier: Apache-2.0 */
/* core/v1 Service, as much of it as a load balancer reads. */
#pragma once

#include "api/metadata.h"

struct service_port {
	const char *name;
	const char *protocol;
	const char *app_protocol;
	int64_t port;
	struct int_or_string target_port;
	int64_t node_port; /* 0: none */
};

struct service {
	struct object_header header;
	const char *type; /* NULL: ClusterIP */
	const char *external_name;
	const char *load_balancer_class;
	const char *load_balancer_ip;
	const char *cluster_ip;
	const char *session_affinity;
	const char *external_traffic_policy;
	int64_t health_check_node_port;
	struct string_list external_ips;
	LIST_OF(struct service_port) ports;
};

extern const struct shape service_shape;

/* The port that a backend names by number, or by a name that is not empty. NULL: the Service has none. */
const struct service_port *service_port_find(const struct service *service, int64_t number,
					     const char *name);
