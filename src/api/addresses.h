/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: the nodes of a tenant's cluster, kept by its agent under the name "default". */
#pragma once

#include "api/endpoint.h"
#include "api/metadata.h"

#define ADDRESSES_DEFAULT "default"

struct addresses {
	struct object_header header;
	LIST_OF(struct endpoint_address) addresses;
	json_t *status;
};

extern const struct shape addresses_shape;
