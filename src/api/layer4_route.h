/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API TLSRoute, TCPRoute and UDPRoute. */
#pragma once

#include "api/http_filter.h"

struct layer4_rule {
	const char *name;
	struct backend_list backend_refs; /* without filters */
};

struct layer4_route {
	struct object_header header;
	struct parent_list parent_refs;
	struct string_list hostnames; /* of a TLSRoute */
	LIST_OF(struct layer4_rule) rules;
	const char *default_gateways; /* nothing here is one */
	json_t *status;
};

extern const struct shape tls_route_shape;
extern const struct shape tcp_route_shape; /* also of UDPRoute */
