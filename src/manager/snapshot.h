/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard decides by at one moment: immutable, counted. And the one place where the threads that
 * decide find the current one. */
#pragma once

#include "policy/inventory.h"
#include "policy/policy.h"

struct snapshot;

/* Takes references of its own. tenants: the names ("x") of the Tenants that there are. One reference,
 * the caller's. */
struct snapshot *snapshot_new(struct policy *policy, struct inventory *inventory,
			      const char *const *tenants, size_t tenant_count);
struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot *snapshot);
CLEANUP_DEFINE(snapshot_unref, struct snapshot *)

/* Both borrowed from the snapshot. */
struct policy *snapshot_policy(const struct snapshot *snapshot);
struct inventory *snapshot_inventory(const struct snapshot *snapshot);

/* The tenant of a namespace as a metric's label: its name if there is a Tenant of it, else "other";
 * "" for a namespace that is no tenant's. Borrowed. */
const char *snapshot_tenant_label(const struct snapshot *snapshot, const char *namespace);

struct snapshot_slot;

/* Empty. */
struct snapshot_slot *snapshot_slot_new(void);
void snapshot_slot_free(struct snapshot_slot *slot);
CLEANUP_DEFINE(snapshot_slot_free, struct snapshot_slot *)

/* Any thread. Takes over the caller's reference; who got the one before keeps it. */
void snapshot_slot_set(struct snapshot_slot *slot, struct snapshot *snapshot);
/* Any thread. A reference for the caller; NULL before the first set. */
struct snapshot *snapshot_slot_get(struct snapshot_slot *slot);
