/* SPDX-License-Identifier: Apache-2.0 */
/* What one node's Envoys should hold. */
#include "xds/cache.h"

#include <uthash.h>

#include "base/memory.h"
#include "base/str.h"

struct entry {
	struct resource *current;
	struct resource *good; /* acknowledged, while current is not; else NULL */
	bool acked;	       /* current is */
	UT_hash_handle hh;     /* by the name of current */
};

struct xds_cache {
	struct entry *entries[RESOURCE_TYPES];
};

struct xds_cache *xds_cache_new(void)
{
	return memory_new(1, sizeof(struct xds_cache));
}

static void entry_free(struct entry *entry)
{
	resource_unref(entry->current);
	resource_unref(entry->good);
	free(entry);
}

void xds_cache_free(struct xds_cache *cache)
{
	struct entry *entry, *next;

	if (!cache)
		return;
	for (int type = 0; type < RESOURCE_TYPES; type++) {
		HASH_ITER(hh, cache->entries[type], entry, next) {
			HASH_DEL(cache->entries[type], entry);
			entry_free(entry);
		}
	}
	free(cache);
}

static struct entry *find(const struct xds_cache *cache, enum resource_type type, const char *name)
{
	struct entry *entry;

	HASH_FIND_STR(cache->entries[type], name, entry);
	return entry;
}

const struct resource *xds_cache_get(const struct xds_cache *cache, enum resource_type type,
				     const char *name)
{
	const struct entry *entry = find(cache, type, name);

	return entry ? entry->current : NULL;
}

void xds_cache_visit(const struct xds_cache *cache, enum resource_type type,
		     void (*visit)(void *context, const struct resource *resource), void *context)
{
	for (const struct entry *entry = cache->entries[type]; entry; entry = entry->hh.next)
		visit(context, entry->current);
}

static void entry_add(struct xds_cache *cache, struct entry *entry)
{
	HASH_ADD_KEYPTR(hh, cache->entries[entry->current->type], entry->current->name,
			strlen(entry->current->name), entry);
}

void xds_cache_adopt(struct xds_cache *cache, struct resource *resource)
{
	struct entry *entry = find(cache, resource->type, resource->name);

	if (!entry) {
		entry = memory_new(1, sizeof(*entry));
		entry->current = resource;
		entry_add(cache, entry);
		return;
	}
	/* The key's text belongs to the resource, so it changes with it. */
	HASH_DEL(cache->entries[resource->type], entry);
	if (entry->acked) {
		resource_unref(entry->good);
		entry->good = entry->current;
	} else {
		resource_unref(entry->current);
	}
	entry->acked = false;
	entry->current = resource;
	entry_add(cache, entry);
}

void xds_cache_remove(struct xds_cache *cache, enum resource_type type, const char *name)
{
	struct entry *entry = find(cache, type, name);

	if (!entry)
		return;
	HASH_DEL(cache->entries[type], entry);
	entry_free(entry);
}

void xds_cache_acked(struct xds_cache *cache, enum resource_type type, const char *name,
		     const char *version)
{
	struct entry *entry = find(cache, type, name);

	if (!entry || !str_equal(entry->current->version, version))
		return;
	entry->acked = true;
	resource_unref(entry->good);
	entry->good = NULL;
}

bool xds_cache_is_acked(const struct xds_cache *cache, enum resource_type type, const char *name)
{
	const struct entry *entry = find(cache, type, name);

	return entry && entry->acked;
}

bool xds_cache_nacked(struct xds_cache *cache, enum resource_type type, const char *name,
		      const char *version)
{
	struct entry *entry = find(cache, type, name);

	if (!entry || entry->acked || !str_equal(entry->current->version, version))
		return false;
	HASH_DEL(cache->entries[type], entry);
	if (!entry->good) {
		entry_free(entry);
		return true;
	}
	resource_unref(entry->current);
	entry->current = take(entry->good);
	entry->acked = true;
	entry_add(cache, entry);
	return true;
}
