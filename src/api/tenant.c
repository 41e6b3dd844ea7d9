/* SPDX-License-Identifier: Apache-2.0 */
/* Tenant: the operator's record of a tenant. */
#include "api/tenant.h"

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct tenant),
	FIELD(struct tenant, "spec", settings, SHAPE_OBJECT, .of = &settings_shape),
	FIELD(struct tenant, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape tenant_shape = { sizeof(struct tenant), fields, NULL, false };
