/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's objects: a map of namespaces, each a map of its objects, so that a tenant's pass costs
 * what the tenant has. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define uthash_fatal(message) memory_exhausted()
#include <uthash.h>

struct entry {
	UT_hash_handle hh;
	struct object *object;
	size_t length;
	char key[]; /* a byte of kind, then the name */
};

struct space {
	UT_hash_handle hh;
	struct entry *entries;
	char name[];
};

struct store {
	struct space *spaces;
	size_t count;
};

struct list {
	struct object **items;
	size_t count;
};

struct store *store_new(void)
{
	return memory_new(1, sizeof(struct store));
}

static void space_free(struct store *store, struct space *space)
{
	HASH_DEL(store->spaces, space);
	free(space);
}

static void entry_free(struct store *store, struct space *space, struct entry *entry)
{
	HASH_DEL(space->entries, entry);
	object_unref(entry->object);
	free(entry);
	store->count--;
}

void store_free(struct store *store)
{
	struct space *space, *next_space;
	struct entry *entry, *next_entry;

	if (!store)
		return;
	HASH_ITER(hh, store->spaces, space, next_space) {
		HASH_ITER(hh, space->entries, entry, next_entry)
			entry_free(store, space, entry);
		space_free(store, space);
	}
	free(store);
}

static struct space *space_find(const struct store *store, const char *namespace)
{
	struct space *space;

	HASH_FIND(hh, store->spaces, namespace, strlen(namespace), space);
	return space;
}

static struct space *space_make(struct store *store, const char *namespace)
{
	struct space *space = space_find(store, namespace);
	size_t length = strlen(namespace);

	if (space)
		return space;
	space = memory_new(1, sizeof(*space) + length + 1);
	memcpy(space->name, namespace, length);
	HASH_ADD_KEYPTR(hh, store->spaces, space->name, length, space);
	return space;
}

static struct entry *entry_new(enum kind kind, const char *name)
{
	size_t length = strlen(name);
	struct entry *entry = memory_new(1, sizeof(*entry) + length + 2);

	entry->key[0] = (char)kind;
	memcpy(entry->key + 1, name, length);
	entry->length = length + 1;
	return entry;
}

static struct entry *entry_find(const struct space *space, enum kind kind, const char *name)
{
	CLEANUP(free) struct entry *wanted = NULL;
	struct entry *entry;

	if (!space)
		return NULL;
	wanted = entry_new(kind, name);
	HASH_FIND(hh, space->entries, wanted->key, wanted->length, entry);
	return entry;
}

struct object *store_get(const struct store *store, enum kind kind, const char *namespace,
			 const char *name)
{
	struct entry *entry = entry_find(space_find(store, namespace), kind, name);

	return entry ? entry->object : NULL;
}

void store_put(struct store *store, struct object *object)
{
	struct space *space = space_make(store, object->namespace);
	struct entry *entry = entry_find(space, object->kind, object->name);

	object_ref(object);
	if (entry) {
		object_unref(entry->object);
	} else {
		entry = entry_new(object->kind, object->name);
		HASH_ADD_KEYPTR(hh, space->entries, entry->key, entry->length, entry);
		store->count++;
	}
	entry->object = object;
}

bool store_remove(struct store *store, enum kind kind, const char *namespace, const char *name)
{
	struct space *space = space_find(store, namespace);
	struct entry *entry = entry_find(space, kind, name);

	if (!entry)
		return false;
	entry_free(store, space, entry);
	if (!space->entries)
		space_free(store, space);
	return true;
}

size_t store_count(const struct store *store)
{
	return store->count;
}

static int order(const void *left, const void *right)
{
	const struct object *a = *(struct object *const *)left;
	const struct object *b = *(struct object *const *)right;
	int r;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	r = strcmp(a->name, b->name);
	return r ? r : strcmp(a->namespace, b->namespace);
}

static void collect(struct list *list, const struct space *space, enum kind kind)
{
	list->items = memory_resize(list->items, list->count + HASH_COUNT(space->entries),
				    sizeof(*list->items));
	for (const struct entry *e = space->entries; e; e = e->hh.next)
		if (kind == KIND_UNKNOWN || e->object->kind == kind)
			list->items[list->count++] = e->object;
}

void store_visit(const struct store *store, const char *namespace, enum kind kind,
		 void (*visit)(void *context, struct object *object), void *context)
{
	const struct space *space = namespace ? space_find(store, namespace) : store->spaces;
	struct list list = { 0 };

	for (; space; space = namespace ? NULL : space->hh.next)
		collect(&list, space, kind);
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), order);
	for (size_t i = 0; i < list.count; i++)
		visit(context, list.items[i]);
	free(list.items);
}
