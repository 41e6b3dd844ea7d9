/* SPDX-License-Identifier: Apache-2.0 */
/* All of a tenant's layer 7. */
#include "base/arena.h"
#include "translate/attach.h"
#include "translate/gateway.h"
#include "translate/ingress.h"
#include "translate/tenant.h"

void translate_routes(const struct translate_context *context, const char *namespace, struct ir *ir,
		      struct outcome_list *outcomes)
{
	struct tenant tenant;

	tenant_load(&tenant, context, namespace, ir, outcomes);
	for (size_t i = 0; i < tenant.carried.count; i++)
		if (tenant.carried.items[i].source->kind == KIND_GATEWAY)
			gateway_prepare(&tenant, &tenant.carried.items[i]);
	for (size_t i = 0; i < tenant.carried.count; i++)
		if (tenant.carried.items[i].source->kind == KIND_HTTP_ROUTE ||
		    tenant.carried.items[i].source->kind == KIND_GRPC_ROUTE)
			attach_route(&tenant, &tenant.carried.items[i]);
	for (size_t i = 0; i < tenant.gateways_in_order.count; i++)
		gateway_finish(&tenant, tenant.gateways_in_order.items[i]);
	ingresses_translate(&tenant);
}
