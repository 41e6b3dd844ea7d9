/* SPDX-License-Identifier: Apache-2.0 */
/* Tenant: the operator's record of a tenant and of what it may do. Cluster-scoped. */
#pragma once

#include "api/settings.h"

struct tenant {
	struct object_header header;
	struct settings settings;
	json_t *status;
};

extern const struct shape tenant_shape;
