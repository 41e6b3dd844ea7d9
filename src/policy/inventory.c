/* SPDX-License-Identifier: Apache-2.0 */
/* What exists already in the hub: hosts, objects and ports by tenant. */
#include "policy/inventory.h"

#include <stdio.h>
#include <string.h>
#include <uthash.h>

#include "api/format.h"
#include "api/load_balancer.h"
#include "api/route.h"
#include "base/arena.h"
#include "base/memory.h"
#include "base/str.h"
#include "policy/claimed_hosts.h"
#include "policy/host_claims.h"

/* One object, by kind and name. */
struct entry {
	struct usage usage;
	UT_hash_handle hh;
	char key[];
};

/* Where SyncSecrets come from: the first that says so, and whether there are more. */
struct origin {
	const char *holder;
	bool several;
	UT_hash_handle hh;
	char key[];
};

/* What one tenant has. */
struct holding {
	struct usage total;
	struct entry *entries;
	struct origin *origins;
	LIST_OF(struct host_claim) claims;
	UT_hash_handle hh;
	char namespace[];
};

struct inventory {
	int references; /* atomic */
	struct arena *arena;
	struct holding *holdings;
	struct host_claims *claims;
};

/* Room for a kind or a namespace before a name. What is longer is no object's name. */
#define KEY_SIZE 512

/* Composed, "" when it is too long to be anything's. */
static const char *entry_key(enum kind kind, const char *name, char key[KEY_SIZE])
{
	return snprintf(key, KEY_SIZE, "%d/%s", (int)kind, name) < KEY_SIZE ? key : "";
}

static struct holding *holding_find(const struct inventory *inventory, const char *namespace)
{
	struct holding *holding;

	HASH_FIND_STR(inventory->holdings, namespace, holding);
	return holding;
}

static struct holding *holding_get(struct inventory *inventory, const char *namespace)
{
	struct holding *holding = holding_find(inventory, namespace);

	if (holding)
		return holding;
	holding = arena_alloc(inventory->arena, 1, sizeof(*holding) + strlen(namespace) + 1);
	memcpy(holding->namespace, namespace, strlen(namespace));
	HASH_ADD_STR(inventory->holdings, namespace, holding);
	return holding;
}

static struct entry *entry_find(const struct holding *holding, const char *key)
{
	struct entry *entry = NULL;

	if (holding)
		HASH_FIND_STR(holding->entries, key, entry);
	return entry;
}

static size_t listener_ports(const struct gateway *gateway)
{
	size_t ports = 0;

	for (size_t i = 0; i < gateway->listeners.count; i++) {
		size_t j = 0;

		while (j < i &&
		       gateway->listeners.items[j].port != gateway->listeners.items[i].port)
			j++;
		ports += j == i;
	}
	return ports;
}

static void add_route(struct usage *usage, const struct route *route)
{
	for (size_t i = 0; i < route->sources.count; i++)
		if (route->sources.items[i].kind == KIND_GATEWAY) {
			usage->gateways++;
			usage->ports += listener_ports(route->sources.items[i].gateway);
		}
}

struct usage usage_of(enum kind kind, const void *decoded)
{
	struct usage usage = { .objects = 1 };

	if (kind == KIND_LOAD_BALANCER) {
		usage.load_balancers = 1;
		usage.ports = ((const struct load_balancer *)decoded)->ports.count;
	} else if (kind == KIND_ROUTE) {
		add_route(&usage, decoded);
	}
	return usage;
}

static struct usage usage_sum(struct usage a, struct usage b)
{
	return (struct usage){ .objects = a.objects + b.objects,
			       .load_balancers = a.load_balancers + b.load_balancers,
			       .gateways = a.gateways + b.gateways,
			       .ports = a.ports + b.ports };
}

static struct usage usage_difference(struct usage a, struct usage b)
{
	return (struct usage){ .objects = a.objects - b.objects,
			       .load_balancers = a.load_balancers - b.load_balancers,
			       .gateways = a.gateways - b.gateways,
			       .ports = a.ports - b.ports };
}

static void add_claims(struct inventory *inventory, struct holding *holding, enum kind kind,
		       const void *decoded, struct arena *scratch)
{
	const struct object_header *header = decoded;
	const char *name = arena_strdup(inventory->arena, header->metadata.name);
	struct string_list hosts = { 0 };
	int64_t age = 0;

	time_parse(header->metadata.creation_timestamp, &age);
	claimed_hosts(kind, decoded, scratch, &hosts);
	for (size_t i = 0; i < hosts.count; i++)
		LIST_APPEND(inventory->arena, &holding->claims,
			    (struct host_claim){
				    .host = arena_strdup(inventory->arena, hosts.items[i]),
				    .namespace = holding->namespace,
				    .name = name,
				    .age = age,
			    });
}

static const char *origin_key(const char *namespace, const char *name, char key[KEY_SIZE])
{
	return snprintf(key, KEY_SIZE, "%s/%s", namespace, name) < KEY_SIZE ? key : "";
}

static void add_origin(struct inventory *inventory, struct holding *holding,
		       const struct metadata *metadata)
{
	const char *namespace = string_map_get(&metadata->labels, LABEL_ORIGIN_NAMESPACE);
	const char *name = string_map_get(&metadata->labels, LABEL_ORIGIN_NAME);
	char buffer[KEY_SIZE];
	struct origin *origin;
	const char *key;

	if (!namespace || !name)
		return;
	key = origin_key(namespace, name, buffer);
	if (!*key)
		return;
	HASH_FIND_STR(holding->origins, key, origin);
	if (origin) {
		origin->several = true;
		return;
	}
	origin = arena_alloc(inventory->arena, 1, sizeof(*origin) + strlen(key) + 1);
	memcpy(origin->key, key, strlen(key));
	origin->holder = arena_strdup(inventory->arena, metadata->name);
	HASH_ADD_STR(holding->origins, key, origin);
}

static bool is_counted(enum kind kind)
{
	return kind == KIND_LOAD_BALANCER || kind == KIND_ROUTE || kind == KIND_ADDRESSES ||
	       kind == KIND_SYNC_SECRET;
}

static void add_object(struct inventory *inventory, const json_t *object)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct problems untold = { .arena = scratch };
	enum kind kind = kind_of(object);
	const struct object_header *header;
	struct holding *holding;
	char buffer[KEY_SIZE];
	struct entry *entry;
	const char *key;

	if (!is_counted(kind))
		return;
	header = kind_decode(kind, object, UNKNOWN_IGNORED, &untold);
	if (!header->metadata.namespace || !header->metadata.name)
		return;
	holding = holding_get(inventory, header->metadata.namespace);
	key = entry_key(kind, header->metadata.name, buffer);
	if (!*key || entry_find(holding, key))
		return;
	entry = arena_alloc(inventory->arena, 1, sizeof(*entry) + strlen(key) + 1);
	memcpy(entry->key, key, strlen(key));
	entry->usage = usage_of(kind, header);
	holding->total = usage_sum(holding->total, entry->usage);
	HASH_ADD_STR(holding->entries, key, entry);
	add_claims(inventory, holding, kind, header, scratch);
	if (kind == KIND_SYNC_SECRET)
		add_origin(inventory, holding, &header->metadata);
}

struct inventory *inventory_new(json_t *const *objects, size_t count)
{
	struct inventory *inventory = memory_new(1, sizeof(*inventory));

	inventory->references = 1;
	inventory->arena = arena_new();
	inventory->claims = host_claims_new();
	for (size_t i = 0; i < count; i++)
		add_object(inventory, objects[i]);
	for (struct holding *h = inventory->holdings; h; h = h->hh.next)
		host_claims_set(inventory->claims, h->namespace, h->claims.items, h->claims.count,
				NULL, NULL);
	return inventory;
}

struct inventory *inventory_ref(struct inventory *inventory)
{
	__atomic_add_fetch(&inventory->references, 1, __ATOMIC_RELAXED);
	return inventory;
}

void inventory_unref(struct inventory *inventory)
{
	if (!inventory || __atomic_sub_fetch(&inventory->references, 1, __ATOMIC_ACQ_REL))
		return;
	for (struct holding *h = inventory->holdings; h; h = h->hh.next) {
		HASH_CLEAR(hh, h->entries);
		HASH_CLEAR(hh, h->origins);
	}
	HASH_CLEAR(hh, inventory->holdings);
	host_claims_free(inventory->claims);
	arena_free(inventory->arena);
	free(inventory);
}

bool inventory_host_taken(const struct inventory *inventory, const char *namespace,
			  const char *host)
{
	return host_claims_taken(inventory->claims, namespace, host);
}

struct inventory_usage inventory_usage(const struct inventory *inventory, const char *namespace,
				       enum kind kind, const char *name)
{
	const struct holding *holding = holding_find(inventory, namespace);
	char key[KEY_SIZE];
	const struct entry *own = entry_find(holding, entry_key(kind, name, key));
	struct inventory_usage usage = { 0 };

	if (!holding)
		return usage;
	if (own)
		usage.own = own->usage;
	usage.others = usage_difference(holding->total, usage.own);
	return usage;
}

bool inventory_has(const struct inventory *inventory, const char *namespace, enum kind kind,
		   const char *name)
{
	char key[KEY_SIZE];

	return entry_find(holding_find(inventory, namespace), entry_key(kind, name, key));
}

bool inventory_origin_taken(const struct inventory *inventory, const char *namespace,
			    const char *name, const char *origin_namespace, const char *origin_name)
{
	const struct holding *holding = holding_find(inventory, namespace);
	char buffer[KEY_SIZE];
	const char *key = origin_key(origin_namespace, origin_name, buffer);
	struct origin *origin = NULL;

	if (holding)
		HASH_FIND_STR(holding->origins, key, origin);
	return origin && (origin->several || !str_equal(origin->holder, name));
}
