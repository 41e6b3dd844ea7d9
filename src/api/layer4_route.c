/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API TLSRoute, TCPRoute and UDPRoute. */
#include "api/layer4_route.h"

#include "api/format.h"

static const struct shape_field backend_fields[] = {
	OBJECT_REF_FIELDS(struct backend_ref, ref),
	FIELD(struct backend_ref, "weight", weight, SHAPE_INT, .max = 1000000, .absent = 1),
	{ 0 },
};
static const struct shape backend_shape = { sizeof(struct backend_ref), backend_fields,
					    object_ref_check, false };

static const struct shape_field rule_fields[] = {
	FIELD(struct layer4_rule, "name", name, SHAPE_STRING, .format = &format_dns_subdomain),
	FIELD(struct layer4_rule, "backendRefs", backend_refs, SHAPE_LIST, .of = &backend_shape,
	      .required = true, .min = 1, .max = 16),
	{ 0 },
};
static const struct shape rule_shape = { sizeof(struct layer4_rule), rule_fields, NULL, false };

#define COMMON_FIELDS                                                                            \
	PARENT_REFS_FIELD(struct layer4_route),                                                  \
		FIELD(struct layer4_route, "rules", rules, SHAPE_LIST, .of = &rule_shape,        \
		      .required = true, .min = 1, .max = 1),                                     \
		FIELD(struct layer4_route, "useDefaultGateways", default_gateways, SHAPE_STRING, \
		      .values = default_gateway_scopes)

static const struct shape_field tls_spec_fields[] = {
	COMMON_FIELDS,
	FIELD(struct layer4_route, "hostnames", hostnames, SHAPE_STRINGS, .required = true,
	      .min = 1, .max = 1024, .format = &format_hostname),
	{ 0 },
};
static const struct shape tls_spec_shape = { sizeof(struct layer4_route), tls_spec_fields, NULL,
					     false };

static const struct shape_field tls_fields[] = {
	HEADER_FIELDS(struct layer4_route),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &tls_spec_shape, .required = true },
	FIELD(struct layer4_route, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape tls_route_shape = { sizeof(struct layer4_route), tls_fields, NULL, false };

static const struct shape_field tcp_spec_fields[] = {
	COMMON_FIELDS,
	{ 0 },
};
static const struct shape tcp_spec_shape = { sizeof(struct layer4_route), tcp_spec_fields, NULL,
					     false };

static const struct shape_field tcp_fields[] = {
	HEADER_FIELDS(struct layer4_route),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &tcp_spec_shape, .required = true },
	FIELD(struct layer4_route, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape tcp_route_shape = { sizeof(struct layer4_route), tcp_fields, NULL, false };
