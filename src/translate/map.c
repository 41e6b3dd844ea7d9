/* SPDX-License-Identifier: Apache-2.0 */
/* Names to values, for one pass. */
#include "translate/map.h"

#include <stdint.h>
#include <string.h>
#include <uthash.h>

struct map_entry {
	const char *key;
	const void *value;
	UT_hash_handle hh;
};

struct map {
	struct arena *arena;
	struct map_entry *entries;
};

/* The entries are the arena's; the table of buckets is not. */
static void map_release(void *memory)
{
	struct map *map = memory;

	HASH_CLEAR(hh, map->entries);
}

struct map *map_new(struct arena *arena)
{
	struct map *map = ARENA_NEW(arena, struct map);

	map->arena = arena;
	arena_adopt(arena, map, map_release);
	return map;
}

void *map_get(const struct map *map, const char *key)
{
	struct map_entry *entry;

	HASH_FIND(hh, map->entries, key, strlen(key), entry);
	return entry ? (void *)(uintptr_t)entry->value : NULL;
}

void map_add(struct map *map, const char *key, const void *value)
{
	struct map_entry *entry = ARENA_NEW(map->arena, struct map_entry);

	entry->key = key;
	entry->value = value;
	HASH_ADD_KEYPTR(hh, map->entries, entry->key, strlen(entry->key), entry);
}
