/* SPDX-License-Identifier: Apache-2.0 */
/* What a node's Envoy should hold and what it has acknowledged. */
#include "manager/delivery.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <uthash.h>

#include "base/memory.h"
#include "base/str.h"

struct unit {
	char *name;
	struct tracked *resources;
	UT_hash_handle hh;
};

struct tracked {
	enum resource_type type;
	char *name;
	char version[17];
	enum delivery_state state; /* ABSENT: its removal is under way */
	bool waiting;		   /* Envoy's answer is outstanding */
	bool wanted;		   /* of the pass of delivery_set() */
	char *message;
	struct unit *unit;    /* NULL while it is being removed */
	struct tracked *next; /* of the unit */
	UT_hash_handle hh;    /* by name, in the table of its type */
};

struct delivery {
	struct xds_server *xds;
	char *node;
	struct unit *units;
	struct tracked *tracked[RESOURCE_TYPES];
	struct xds_batch *batch; /* NULL: nothing to send */
	size_t waiting;
};

struct delivery *delivery_new(struct xds_server *xds, const char *node)
{
	struct delivery *delivery = memory_new(1, sizeof(*delivery));

	delivery->xds = xds;
	delivery->node = memory_strdup(node);
	return delivery;
}

static void tracked_free(struct tracked *tracked)
{
	free(tracked->name);
	free(tracked->message);
	free(tracked);
}

void delivery_free(struct delivery *delivery)
{
	struct tracked *tracked, *next;
	struct unit *unit, *next_unit;

	if (!delivery)
		return;
	for (int type = 0; type < RESOURCE_TYPES; type++) {
		HASH_ITER(hh, delivery->tracked[type], tracked, next) {
			HASH_DEL(delivery->tracked[type], tracked);
			tracked_free(tracked);
		}
	}
	HASH_ITER(hh, delivery->units, unit, next_unit) {
		HASH_DEL(delivery->units, unit);
		free(unit->name);
		free(unit);
	}
	if (delivery->batch)
		xds_batch_free(delivery->batch);
	free(delivery->node);
	free(delivery);
}

static struct tracked *delivery_find(const struct delivery *delivery, enum resource_type type,
				     const char *name)
{
	struct tracked *tracked;

	HASH_FIND_STR(delivery->tracked[type], name, tracked);
	return tracked;
}

static struct unit *unit_get(struct delivery *delivery, const char *name)
{
	struct unit *unit;

	HASH_FIND_STR(delivery->units, name, unit);
	if (unit)
		return unit;
	unit = memory_new(1, sizeof(*unit));
	unit->name = memory_strdup(name);
	HASH_ADD_KEYPTR(hh, delivery->units, unit->name, strlen(unit->name), unit);
	return unit;
}

static struct xds_batch *delivery_batch(struct delivery *delivery)
{
	if (!delivery->batch)
		delivery->batch = xds_batch_new(delivery->node);
	return delivery->batch;
}

static void tracked_wait(struct delivery *delivery, struct tracked *tracked, bool waiting)
{
	if (waiting && !tracked->waiting)
		delivery->waiting++;
	else if (!waiting && tracked->waiting)
		delivery->waiting--;
	tracked->waiting = waiting;
}

static struct tracked *tracked_get(struct delivery *delivery, const struct resource *resource)
{
	struct tracked *tracked = delivery_find(delivery, resource->type, resource->name);

	if (tracked)
		return tracked;
	tracked = memory_new(1, sizeof(*tracked));
	tracked->type = resource->type;
	tracked->name = memory_strdup(resource->name);
	HASH_ADD_KEYPTR(hh, delivery->tracked[resource->type], tracked->name, strlen(tracked->name),
			tracked);
	return tracked;
}

/* Adopts the resource into the unit; sends it unless Envoy was sent the same already. */
static void delivery_adopt(struct delivery *delivery, struct unit *unit, struct resource *resource)
{
	struct tracked *tracked = tracked_get(delivery, resource);

	tracked->wanted = true;
	if (tracked->unit != unit) {
		tracked->unit = unit;
		tracked->next = unit->resources;
		unit->resources = tracked;
	}
	if (tracked->state != DELIVERY_ABSENT && str_equal(tracked->version, resource->version)) {
		resource_unref(resource);
		return;
	}
	snprintf(tracked->version, sizeof(tracked->version), "%s", resource->version);
	tracked->state = DELIVERY_PENDING;
	tracked_wait(delivery, tracked, true);
	xds_batch_adopt(delivery_batch(delivery), resource);
}

static void delivery_remove(struct delivery *delivery, struct tracked *tracked)
{
	tracked->unit = NULL;
	tracked->next = NULL;
	tracked->state = DELIVERY_ABSENT;
	tracked_wait(delivery, tracked, true);
	xds_batch_remove(delivery_batch(delivery), tracked->type, tracked->name);
}

/* Envoy asks for endpoints, secrets and routes only where a cluster or listener that it took names them:
 * beside a refused one, nobody waits for them. */
static void unit_excuse(struct delivery *delivery, const struct unit *unit)
{
	struct tracked *tracked;
	bool refused = false;

	for (tracked = unit->resources; tracked; tracked = tracked->next)
		refused = refused || tracked->state == DELIVERY_NACKED;
	for (tracked = unit->resources; refused && tracked; tracked = tracked->next)
		if (tracked->type != RESOURCE_CLUSTER && tracked->type != RESOURCE_LISTENER)
			tracked_wait(delivery, tracked, false);
}

void delivery_set(struct delivery *delivery, const char *name, struct resource_list *resources)
{
	struct unit *unit = unit_get(delivery, name);
	struct tracked *tracked, **link;

	for (tracked = unit->resources; tracked; tracked = tracked->next)
		tracked->wanted = false;
	for (size_t i = 0; i < resources->count; i++)
		delivery_adopt(delivery, unit, resources->items[i]);
	resources->count = 0;
	for (link = &unit->resources; (tracked = *link);) {
		if (tracked->wanted) {
			link = &tracked->next;
			continue;
		}
		*link = tracked->next;
		delivery_remove(delivery, tracked);
	}
	unit_excuse(delivery, unit);
	if (!unit->resources) {
		HASH_DEL(delivery->units, unit);
		free(unit->name);
		free(unit);
	}
}

void delivery_repeat(struct delivery *delivery, enum resource_type type, const char *name)
{
	struct tracked *tracked = delivery_find(delivery, type, name);

	if (tracked)
		tracked->version[0] = '\0';
}

void delivery_publish(struct delivery *delivery)
{
	if (delivery->batch)
		xds_publish(delivery->xds, take(delivery->batch));
}

/* Envoy ends some of its messages with a newline. */
static void trim(char *text)
{
	size_t length = text ? strlen(text) : 0;

	while (length && isspace((unsigned char)text[length - 1]))
		text[--length] = '\0';
}

const char *delivery_note(struct delivery *delivery, const struct xds_event *event)
{
	struct tracked *tracked;

	if (event->kind != XDS_ACKED && event->kind != XDS_NACKED && event->kind != XDS_REMOVED)
		return NULL;
	tracked = delivery_find(delivery, event->type, event->name);
	if (!tracked)
		return NULL;
	if (event->kind == XDS_REMOVED) {
		if (tracked->state == DELIVERY_ABSENT) {
			tracked_wait(delivery, tracked, false);
			HASH_DEL(delivery->tracked[tracked->type], tracked);
			tracked_free(tracked);
		}
		return NULL;
	}
	/* An answer to a version that was replaced meanwhile says nothing. */
	if (tracked->state == DELIVERY_ABSENT || !str_equal(tracked->version, event->version))
		return NULL;
	tracked->state = event->kind == XDS_ACKED ? DELIVERY_ACKED : DELIVERY_NACKED;
	tracked_wait(delivery, tracked, false);
	free(tracked->message);
	tracked->message = memory_strdup(event->message);
	trim(tracked->message);
	if (tracked->state == DELIVERY_NACKED)
		unit_excuse(delivery, tracked->unit);
	return tracked->unit->name;
}

enum delivery_state delivery_state(const struct delivery *delivery, enum resource_type type,
				   const char *name, const char **ret_message)
{
	const struct tracked *tracked = delivery_find(delivery, type, name);

	if (tracked && ret_message)
		*ret_message = tracked->message;
	return tracked ? tracked->state : DELIVERY_ABSENT;
}

size_t delivery_pending(const struct delivery *delivery)
{
	return delivery->waiting;
}
