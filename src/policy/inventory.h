/* SPDX-License-Identifier: Apache-2.0 */
/* What exists already in the hub, as far as a decision about another object needs it: who holds which
 * host, and how many objects and ports each tenant has. Immutable, counted, read by every thread. */
#pragma once

#include "api/kind.h"
#include "base/cleanup.h"

struct inventory;

/* From the hub's LoadBalancers and Routes as admitted; copies what it needs. One reference, the
 * caller's. */
struct inventory *inventory_new(json_t *const *objects, size_t count);
struct inventory *inventory_ref(struct inventory *inventory);
void inventory_unref(struct inventory *inventory);
CLEANUP_DEFINE(inventory_unref, struct inventory *)

/* Does another tenant hold this host: an equal one, or one of the two under the other's wildcard? A
 * catch-all is nobody's. */
bool inventory_host_taken(const struct inventory *inventory, const char *namespace,
			  const char *host);

/* What the tenant has besides the object of this kind and name: an UPDATE does not count itself. */
struct inventory_count {
	size_t load_balancers, routes, gateways, ports;
};
struct inventory_count inventory_count(const struct inventory *inventory, const char *namespace,
				       enum kind kind, const char *name);
