/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint groups: where a tenant's nodes answer. */
#include "api/endpoint.h"

#include "api/format.h"

const char *const port_protocols[] = { "TCP", "UDP", NULL };

static void check_address(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct endpoint_address *address = decoded;

	if (!address->ip && !address->hostname)
		problems_add(problems, "LB004", PROBLEM_REQUIRED, path, NULL,
			     "one of ip or hostname must be set");
}

static const struct shape_field address_fields[] = {
	FIELD(struct endpoint_address, "ip", ip, SHAPE_STRING),
	FIELD(struct endpoint_address, "hostname", hostname, SHAPE_STRING),
	{ 0 },
};
const struct shape endpoint_address_shape = { sizeof(struct endpoint_address), address_fields,
					      check_address, false };

static const struct shape_field port_fields[] = {
	FIELD(struct endpoint_port, "name", name, SHAPE_STRING),
	FIELD(struct endpoint_port, "port", port, SHAPE_INT, .required = true, .min = 1,
	      .max = 65535, .rule = "LB002"),
	FIELD(struct endpoint_port, "protocol", protocol, SHAPE_STRING, .values = port_protocols,
	      .rule = "LB002"),
	{ 0 },
};
static const struct shape port_shape = { sizeof(struct endpoint_port), port_fields, NULL, false };

static const struct shape_field reference_fields[] = {
	FIELD(struct address_reference, "name", name, SHAPE_STRING, .required = true,
	      .format = &format_dns_subdomain),
	FIELD(struct address_reference, "namespace", namespace, SHAPE_STRING),
	FIELD(struct address_reference, "apiVersion", api_version, SHAPE_STRING),
	FIELD(struct address_reference, "kind", kind, SHAPE_STRING),
	FIELD(struct address_reference, "uid", uid, SHAPE_STRING),
	FIELD(struct address_reference, "resourceVersion", resource_version, SHAPE_STRING),
	FIELD(struct address_reference, "fieldPath", field_path, SHAPE_STRING),
	{ 0 },
};
static const struct shape reference_shape = { sizeof(struct address_reference), reference_fields,
					      NULL, false };

static void check_endpoints(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct endpoints *group = decoded;

	if (!group->addresses.count && !group->addresses_reference)
		problems_add(problems, "LB004", PROBLEM_REQUIRED, path, NULL,
			     "needs addresses or an addressesReference");
}

static const struct shape_field endpoints_fields[] = {
	FIELD(struct endpoints, "name", name, SHAPE_STRING),
	FIELD(struct endpoints, "addresses", addresses, SHAPE_LIST, .of = &endpoint_address_shape,
	      .min = 1, .max = ENDPOINT_ADDRESSES_MAX),
	FIELD(struct endpoints, "addressesReference", addresses_reference, SHAPE_POINTER,
	      .of = &reference_shape),
	FIELD(struct endpoints, "ports", ports, SHAPE_LIST, .of = &port_shape, .min = 1,
	      .max = PORTS_MAX),
	{ 0 },
};
const struct shape endpoints_shape = { sizeof(struct endpoints), endpoints_fields, check_endpoints,
				       false };

const char *port_protocol(const char *protocol)
{
	return protocol ? protocol : "TCP";
}
