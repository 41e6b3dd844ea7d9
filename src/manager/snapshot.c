/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard decides by at one moment. */
#include "manager/snapshot.h"

#include <pthread.h>
#include <stdatomic.h>
#include <uthash.h>

#include "api/metadata.h"
#include "base/memory.h"

struct tenant_name {
	char *name;
	UT_hash_handle hh;
};

struct snapshot {
	atomic_uint references;
	struct policy *policy;
	struct inventory *inventory;
	struct tenant_name *tenants;
};

struct snapshot_slot {
	pthread_mutex_t lock;
	struct snapshot *current;
};

struct snapshot *snapshot_new(struct policy *policy, struct inventory *inventory,
			      const char *const *tenants, size_t tenant_count)
{
	struct snapshot *snapshot = memory_new(1, sizeof(*snapshot));

	atomic_init(&snapshot->references, 1);
	snapshot->policy = policy_ref(policy);
	snapshot->inventory = inventory_ref(inventory);
	for (size_t i = 0; i < tenant_count; i++) {
		struct tenant_name *tenant = memory_new(1, sizeof(*tenant));

		tenant->name = memory_strdup(tenants[i]);
		HASH_ADD_KEYPTR(hh, snapshot->tenants, tenant->name, strlen(tenant->name), tenant);
	}
	return snapshot;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
	atomic_fetch_add(&snapshot->references, 1);
	return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
	struct tenant_name *tenant, *next;

	if (!snapshot || atomic_fetch_sub(&snapshot->references, 1) > 1)
		return;
	HASH_ITER(hh, snapshot->tenants, tenant, next) {
		HASH_DEL(snapshot->tenants, tenant);
		free(tenant->name);
		free(tenant);
	}
	policy_unref(snapshot->policy);
	inventory_unref(snapshot->inventory);
	free(snapshot);
}

struct policy *snapshot_policy(const struct snapshot *snapshot)
{
	return snapshot->policy;
}

struct inventory *snapshot_inventory(const struct snapshot *snapshot)
{
	return snapshot->inventory;
}

const char *snapshot_tenant_label(const struct snapshot *snapshot, const char *namespace)
{
	const char *name = tenant_of_namespace(namespace);
	const struct tenant_name *tenant;

	if (!name)
		return "";
	HASH_FIND_STR(snapshot->tenants, name, tenant);
	return tenant ? tenant->name : "other";
}

struct snapshot_slot *snapshot_slot_new(void)
{
	struct snapshot_slot *slot = memory_new(1, sizeof(*slot));

	pthread_mutex_init(&slot->lock, NULL);
	return slot;
}

void snapshot_slot_free(struct snapshot_slot *slot)
{
	if (!slot)
		return;
	snapshot_unref(slot->current);
	pthread_mutex_destroy(&slot->lock);
	free(slot);
}

void snapshot_slot_set(struct snapshot_slot *slot, struct snapshot *snapshot)
{
	struct snapshot *old;

	pthread_mutex_lock(&slot->lock);
	old = slot->current;
	slot->current = snapshot;
	pthread_mutex_unlock(&slot->lock);
	/* Frees, perhaps, which nobody has to wait for. */
	snapshot_unref(old);
}

struct snapshot *snapshot_slot_get(struct snapshot_slot *slot)
{
	struct snapshot *snapshot;

	pthread_mutex_lock(&slot->lock);
	snapshot = slot->current ? snapshot_ref(slot->current) : NULL;
	pthread_mutex_unlock(&slot->lock);
	return snapshot;
}
