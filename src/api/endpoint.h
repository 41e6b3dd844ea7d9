/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint groups: where a tenant's nodes answer. Shared by LoadBalancer, Route and Addresses. */
#pragma once

#include "json/shape.h"

struct endpoint_address {
	const char *ip; /* wins over hostname */
	const char *hostname;
};

struct endpoint_port {
	const char *name;
	int64_t port;
	const char *protocol; /* "TCP" when absent, see port_protocol() */
};

struct address_reference {
	const char *name; /* of an Addresses object of the same namespace */
	const char *namespace;
	const char *api_version, *kind, *uid, *resource_version, *field_path;
};

struct endpoints {
	const char *name;
	LIST_OF(struct endpoint_address) addresses;
	struct address_reference *addresses_reference;
	LIST_OF(struct endpoint_port) ports;
};

#define ENDPOINT_GROUPS_MAX 64
#define ENDPOINT_ADDRESSES_MAX 1000
#define PORTS_MAX 64

extern const struct shape endpoint_address_shape;
extern const struct shape endpoints_shape;

/* What an absent protocol means. */
const char *port_protocol(const char *protocol);

extern const char *const port_protocols[];
