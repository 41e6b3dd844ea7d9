/* SPDX-License-Identifier: Apache-2.0 */
/* What exists already in the hub, as far as a decision about another object needs it: who holds which
 * host, what each tenant has and how much of it. Immutable, counted, read by every thread. */
#pragma once

#include "api/kind.h"
#include "base/cleanup.h"

struct inventory;

/* From objects of the hub as admitted, of whatever kind; copies what it needs. Age is an object's
 * creationTimestamp; one without is taken as the oldest. One reference, the caller's. */
struct inventory *inventory_new(json_t *const *objects, size_t count);
struct inventory *inventory_ref(struct inventory *inventory);
void inventory_unref(struct inventory *inventory);
CLEANUP_DEFINE(inventory_unref, struct inventory *)

/* May the tenant not have this host because another tenant has it (host_claims_taken())? */
bool inventory_host_taken(const struct inventory *inventory, const char *namespace,
			  const char *host);

/* What counts against a tenant's quotas. */
struct usage {
	size_t objects; /* LoadBalancers, Routes, Addresses, SyncSecrets */
	size_t load_balancers, gateways;
	size_t ports; /* that the hub listens on: of LoadBalancers, and of Gateways each once */
};

/* What one decoded object takes. */
struct usage usage_of(enum kind kind, const void *decoded);

/* What a tenant has: by the object of this kind and name, and by all others. */
struct inventory_usage {
	struct usage own, others;
};
struct inventory_usage inventory_usage(const struct inventory *inventory, const char *namespace,
				       enum kind kind, const char *name);

bool inventory_has(const struct inventory *inventory, const char *namespace, enum kind kind,
		   const char *name);

/* Does another SyncSecret of the tenant than the one of this name come from the same Secret? */
bool inventory_origin_taken(const struct inventory *inventory, const char *namespace,
			    const char *name, const char *origin_namespace,
			    const char *origin_name);
