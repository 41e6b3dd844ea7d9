/* SPDX-License-Identifier: Apache-2.0 */
/* Admitted objects in, Envoy's configuration out. */
#include "manager/reconciler.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <uthash.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "manager/outcomes.h"
#include "net/port.h"
#include "policy/host_claims.h"

/* Where a listener listens. */
struct place {
	const char *listener, *address;
	uint16_t port;
	bool udp;
	bool taken; /* by somebody else, when it was last translated */
};

/* What is translated together and replaced together: one LoadBalancer, or all of a tenant's Routes.
 * Its key is the namespace, and "/name" behind it for a LoadBalancer. */
struct unit {
	char *key;
	char *namespace;
	char *name; /* NULL: the tenant's Routes */
	bool dirty;
	bool starved;	     /* the pool had no address for it */
	struct arena *arena; /* of its outcomes; NULL before the first translation */
	struct outcome_list outcomes;
	const struct outcome **sorted; /* the outcomes, by object */
	struct string_list owners;     /* of the addresses that it asked for */
	LIST_OF(struct place) places;
	UT_hash_handle hh;
};

struct reconciler {
	struct reconciler_options options;
	struct policy *policy;
	struct host_claims *claims;
	struct unit *units;
	struct unit *translating;
};

struct reconciler *reconciler_new(const struct reconciler_options *options)
{
	struct reconciler *reconciler = memory_new(1, sizeof(*reconciler));

	reconciler->options = *options;
	reconciler->claims = host_claims_new();
	return reconciler;
}

static void unit_free(struct unit *unit)
{
	arena_free(unit->arena);
	free(unit->key);
	free(unit->namespace);
	free(unit->name);
	free(unit);
}

void reconciler_free(struct reconciler *reconciler)
{
	struct unit *unit, *next;

	if (!reconciler)
		return;
	HASH_ITER(hh, reconciler->units, unit, next) {
		HASH_DEL(reconciler->units, unit);
		unit_free(unit);
	}
	host_claims_free(reconciler->claims);
	policy_unref(reconciler->policy);
	free(reconciler);
}

static char *unit_key(const char *namespace, const char *name)
{
	char *key;

	if (asprintf(&key, "%s%s%s", namespace, name ? "/" : "", name ? name : "") < 0)
		memory_exhausted();
	return key;
}

static struct unit *unit_find(const struct reconciler *reconciler, const char *namespace,
			      const char *name)
{
	CLEANUP(free) char *key = unit_key(namespace, name);
	struct unit *unit;

	HASH_FIND_STR(reconciler->units, key, unit);
	return unit;
}

static void unit_touch(struct reconciler *reconciler, const char *namespace, const char *name)
{
	struct unit *unit = unit_find(reconciler, namespace, name);

	if (!unit) {
		unit = memory_new(1, sizeof(*unit));
		unit->key = unit_key(namespace, name);
		unit->namespace = memory_strdup(namespace);
		unit->name = memory_strdup(name);
		HASH_ADD_KEYPTR(hh, reconciler->units, unit->key, strlen(unit->key), unit);
	}
	unit->dirty = true;
}

static void touch_routes(void *context, const char *namespace)
{
	unit_touch(context, namespace, NULL);
}

static void touch_object(void *context, struct object *object)
{
	unit_touch(context, object->namespace,
		   object->kind == KIND_LOAD_BALANCER ? object->name : NULL);
}

/* What has to be translated again because an object came, changed or went. */
static void touch_for(struct reconciler *reconciler, enum kind kind, const char *namespace,
		      const char *name)
{
	if (kind == KIND_LOAD_BALANCER) {
		unit_touch(reconciler, namespace, name);
	} else if (kind == KIND_ADDRESSES) {
		store_visit(reconciler->options.store, namespace, KIND_LOAD_BALANCER, touch_object,
			    reconciler);
		unit_touch(reconciler, namespace, NULL);
	} else {
		unit_touch(reconciler, namespace, NULL);
	}
}

static void update_claims(struct reconciler *reconciler, const char *namespace)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct host_claim_list claims = { 0 };

	translate_claims(reconciler->options.store, namespace, arena, &claims);
	host_claims_set(reconciler->claims, namespace, claims.items, claims.count, touch_routes,
			reconciler);
}

void reconciler_set_policy(struct reconciler *reconciler, struct policy *policy)
{
	policy_unref(reconciler->policy);
	reconciler->policy = policy_ref(policy);
	store_visit(reconciler->options.store, NULL, KIND_UNKNOWN, touch_object, reconciler);
}

void reconciler_put(struct reconciler *reconciler, struct object *object)
{
	store_put(reconciler->options.store, object);
	touch_for(reconciler, object->kind, object->namespace, object->name);
}

void reconciler_remove(struct reconciler *reconciler, enum kind kind, const char *namespace,
		       const char *name)
{
	/* The names may belong to the object that goes. */
	CLEANUP(free) char *in = memory_strdup(namespace);
	CLEANUP(free) char *gone = memory_strdup(name);

	if (store_remove(reconciler->options.store, kind, namespace, name))
		touch_for(reconciler, kind, in, gone);
}

static const char *assign_address(void *context, const char *owner)
{
	struct reconciler *reconciler = context;
	struct unit *unit = reconciler->translating;
	const char *address =
		address_pool_assign(reconciler->options.pool, reconciler->options.ledger, owner);

	LIST_APPEND(unit->arena, &unit->owners, arena_strdup(unit->arena, owner));
	unit->starved = unit->starved || !address;
	return address;
}

static void translate_unit(struct reconciler *reconciler, struct unit *unit, struct ir *ir)
{
	const struct translate_context context = {
		.store = reconciler->options.store,
		.policy = reconciler->policy,
		.claims = reconciler->claims,
		.address = assign_address,
		.pool = reconciler,
		.port_offset = reconciler->options.port_offset,
	};
	const struct object *object;

	if (!unit->name) {
		translate_routes(&context, unit->namespace, ir, &unit->outcomes);
		return;
	}
	object = store_get(reconciler->options.store, KIND_LOAD_BALANCER, unit->namespace,
			   unit->name);
	if (object)
		translate_load_balancer(&context, object, ir, &unit->outcomes);
}

static void reject(struct unit *unit, const char *listener, const char *reason)
{
	for (size_t i = 0; i < unit->outcomes.count; i++) {
		struct outcome *outcome = &unit->outcomes.items[i];

		for (size_t j = 0; j < outcome->needs.count; j++) {
			if (outcome->needs.items[j].list != IR_LISTENERS ||
			    !str_equal(outcome->needs.items[j].name, listener))
				continue;
			outcome->accepted = false;
			outcome->reason = arena_strdup(unit->arena, reason);
		}
	}
}

/* Envoy shares its UDP ports with whoever asks, so that a port in use would be no NACK. */
static bool udp_port_taken(const struct reconciler *reconciler, const struct ir_listener *listener,
			   struct error *err)
{
	return reconciler->options.local && listener->udp &&
	       delivery_state(reconciler->options.delivery, RESOURCE_LISTENER, listener->name,
			      NULL) == DELIVERY_ABSENT &&
	       port_probe(listener->address, listener->port, true, err) < 0;
}

/* Notes where the unit listens, and leaves out where somebody else does. */
static void place_listeners(struct reconciler *reconciler, struct unit *unit, struct ir *ir)
{
	size_t kept = 0;
	struct error err;

	for (size_t i = 0; i < ir->listeners.count; i++) {
		const struct ir_listener *listener = &ir->listeners.items[i];
		struct place place = { .listener = listener->name,
				       .address = listener->address,
				       .port = listener->port,
				       .udp = listener->udp };

		place.taken = udp_port_taken(reconciler, listener, &err);
		LIST_APPEND(unit->arena, &unit->places, place);
		if (place.taken)
			reject(unit, listener->name, err.text);
		else
			ir->listeners.items[kept++] = *listener;
	}
	ir->listeners.count = kept;
}

/* Outcomes live until the next translation, so the arena of a pass stays with its unit. */
static void refresh_unit(struct reconciler *reconciler, struct unit *unit)
{
	struct resource_list resources = { 0 };
	struct ir ir = { 0 };
	struct error err;

	arena_free(unit->arena);
	unit->arena = arena_new();
	unit->outcomes = (struct outcome_list){ 0 };
	unit->owners = (struct string_list){ 0 };
	unit->places.items = NULL;
	unit->places.count = 0;
	unit->dirty = unit->starved = false;
	ir.arena = unit->arena;
	reconciler->translating = unit;
	translate_unit(reconciler, unit, &ir);
	place_listeners(reconciler, unit, &ir);
	if (envoy_generate(&ir, &resources, &err) < 0) {
		log_error("%s: its last configuration stays in force: %s", unit->key, err.text);
	} else {
		delivery_set(reconciler->options.delivery, unit->key, &resources);
	}
	resource_list_done(&resources);
	unit->sorted = outcomes_sort(unit->arena, &unit->outcomes);
	/* It may have changed without anything for Envoy to answer. */
	reconciler->options.changed(reconciler->options.context, unit->namespace);
}

struct owner {
	const char *key;
	UT_hash_handle hh;
};

static bool is_owner(void *context, const char *key)
{
	struct owner *owners = context, *owner;

	HASH_FIND_STR(owners, key, owner);
	return owner != NULL;
}

/* An address stays with its owner beyond the owner's end, until another needs it. Only who asked for
 * none in this process is known to be gone, so this follows the translation of all. */
static bool reclaim_addresses(struct reconciler *reconciler)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct owner *owners = NULL, *owner;
	struct unit *unit;
	size_t released;

	for (unit = reconciler->units; unit; unit = unit->hh.next)
		for (size_t i = 0; i < unit->owners.count; i++) {
			owner = ARENA_NEW(arena, struct owner);
			owner->key = unit->owners.items[i];
			HASH_ADD_KEYPTR(hh, owners, owner->key, strlen(owner->key), owner);
		}
	released = ledger_release_unless(reconciler->options.ledger, is_owner, owners);
	HASH_CLEAR(hh, owners);
	return released > 0;
}

/* Translates again what got no address, as long as there may be one for it. */
static void feed_starved(struct reconciler *reconciler)
{
	bool reclaimed = false;
	struct unit *unit;

	for (unit = reconciler->units; unit; unit = unit->hh.next) {
		if (!unit->starved)
			continue;
		if (!reclaimed && !reclaim_addresses(reconciler))
			return;
		reclaimed = true;
		refresh_unit(reconciler, unit);
	}
}

void reconciler_flush(struct reconciler *reconciler)
{
	struct unit *unit, *next;

	HASH_ITER(hh, reconciler->units, unit, next)
		if (unit->dirty && !unit->name)
			update_claims(reconciler, unit->namespace);
	/* What the claims touched is noted by now. */
	HASH_ITER(hh, reconciler->units, unit, next)
		if (unit->dirty)
			refresh_unit(reconciler, unit);
	feed_starved(reconciler);
	delivery_publish(reconciler->options.delivery);
	HASH_ITER(hh, reconciler->units, unit, next) {
		if (unit->outcomes.count)
			continue;
		HASH_DEL(reconciler->units, unit);
		unit_free(unit);
	}
}

void reconciler_note(struct reconciler *reconciler, const struct xds_event *event)
{
	const char *key = delivery_note(reconciler->options.delivery, event);
	const struct unit *unit;

	if (!key)
		return;
	HASH_FIND_STR(reconciler->units, key, unit);
	if (unit)
		reconciler->options.changed(reconciler->options.context, unit->namespace);
}

/* Is it free now where the unit could not listen? */
static bool place_is_back(const struct reconciler *reconciler, const struct place *place)
{
	const char *message = NULL;

	if (!place->taken && (delivery_state(reconciler->options.delivery, RESOURCE_LISTENER,
					     place->listener, &message) != DELIVERY_NACKED ||
			      !message || !strstr(message, strerror(EADDRINUSE))))
		return false;
	return port_probe(place->address, place->port, place->udp, NULL) == 0;
}

bool reconciler_retry(struct reconciler *reconciler)
{
	struct unit *unit;
	bool any = false;

	for (unit = reconciler->options.local ? reconciler->units : NULL; unit;
	     unit = unit->hh.next)
		for (size_t i = 0; i < unit->places.count; i++) {
			const struct place *place = &unit->places.items[i];

			if (!place_is_back(reconciler, place))
				continue;
			delivery_repeat(reconciler->options.delivery, RESOURCE_LISTENER,
					place->listener);
			unit->dirty = any = true;
		}
	if (any)
		reconciler_flush(reconciler);
	return any;
}

/* The state of what an object needs: a refusal first, then what is outstanding. */
static enum object_state needs_state(const struct reconciler *reconciler,
				     const struct outcome *outcome, const char **ret_reason)
{
	static const enum resource_type types[][2] = {
		[IR_CLUSTERS] = { RESOURCE_CLUSTER, RESOURCE_ENDPOINTS },
		[IR_SECRETS] = { RESOURCE_SECRET, RESOURCE_SECRET },
		[IR_LISTENERS] = { RESOURCE_LISTENER, RESOURCE_LISTENER },
		[IR_ROUTES] = { RESOURCE_ROUTES, RESOURCE_ROUTES },
	};
	enum object_state state = OBJECT_SERVING;

	for (size_t i = 0; i < outcome->needs.count * 2; i++) {
		const struct outcome_need *need = &outcome->needs.items[i / 2];

		switch (delivery_state(reconciler->options.delivery, types[need->list][i % 2],
				       need->name, ret_reason)) {
		case DELIVERY_NACKED:
			return OBJECT_REJECTED;
		case DELIVERY_ABSENT:
		case DELIVERY_PENDING:
			state = OBJECT_PENDING;
			break;
		case DELIVERY_ACKED:
			break;
		}
	}
	return state;
}

static struct object_outcome object_outcome(const struct reconciler *reconciler,
					    const struct outcome *outcome)
{
	struct object_outcome ret = {
		.source = outcome->source,
		.reason = outcome->reason,
		.addresses = outcome->addresses.items,
		.address_count = outcome->addresses.count,
		.status = outcome->status,
	};
	const char *refusal = NULL;

	if (!outcome->accepted) {
		ret.state = OBJECT_REJECTED;
	} else {
		ret.state = needs_state(reconciler, outcome, &refusal);
		if (ret.state == OBJECT_REJECTED)
			ret.reason = refusal;
	}
	if (outcome->conflicted)
		ret.state = OBJECT_CONFLICTED;
	return ret;
}

void reconciler_visit(const struct reconciler *reconciler, enum kind kind, const char *namespace,
		      const char *name,
		      void (*visit)(void *context, const struct object_outcome *outcome),
		      void *context)
{
	const struct unit *unit =
		unit_find(reconciler, namespace, kind == KIND_LOAD_BALANCER ? name : NULL);

	if (!unit)
		return;
	for (size_t i = outcomes_find(unit->sorted, unit->outcomes.count, kind, name);
	     i < unit->outcomes.count && outcome_is_of(unit->sorted[i], kind, name); i++) {
		struct object_outcome view = object_outcome(reconciler, unit->sorted[i]);

		visit(context, &view);
	}
}
