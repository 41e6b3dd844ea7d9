/* SPDX-License-Identifier: Apache-2.0 */
/* The table of kinds that the guard judges. */
#include "webhooks/webhooks.h"

#include "webhooks/kinds.h"

const struct admission_handler webhooks[] = {
	{ KIND_LOAD_BALANCER, load_balancer_mutate, load_balancer_validate,
	  load_balancer_authorize },
	{ KIND_ROUTE, route_mutate, route_validate, route_authorize },
	{ KIND_ADDRESSES, NULL, NULL, addresses_authorize },
	{ KIND_SYNC_SECRET, sync_secret_mutate, sync_secret_validate, sync_secret_authorize },
	{ KIND_TENANT, NULL, tenant_validate, NULL },
	{ KIND_CONFIG, NULL, config_validate, NULL },
	{ KIND_UNKNOWN, NULL, NULL, NULL },
};
