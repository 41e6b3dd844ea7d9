/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: the nodes of a tenant's cluster. */
#include "api/addresses.h"

static const struct shape_field spec_fields[] = {
	FIELD(struct addresses, "addresses", addresses, SHAPE_LIST, .of = &endpoint_address_shape,
	      .required = true, .min = 1, .max = ENDPOINT_ADDRESSES_MAX),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct addresses), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct addresses),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	FIELD(struct addresses, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape addresses_shape = { sizeof(struct addresses), fields, NULL, false };
