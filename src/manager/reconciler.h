/* SPDX-License-Identifier: Apache-2.0 */
/* Admitted objects in, Envoy's configuration out: translates what a change touches, hands it to the
 * xDS thread and knows for every object what became of it. One thread. */
#pragma once

#include "manager/address_pool.h"
#include "manager/delivery.h"
#include "manager/ledger.h"
#include "policy/policy.h"
#include "store/store.h"
#include "translate/translate.h"

struct reconciler;

struct reconciler_options {
	struct store *store;
	struct delivery *delivery;
	struct ledger *ledger;
	struct address_pool *pool;
	int port_offset;
	bool local; /* Envoy runs here: a port that is in use here is in its way */
	/* The outcomes of a tenant's namespace may have changed. Must not call back into flush. */
	void (*changed)(void *context, const char *namespace);
	void *context;
};

struct reconciler *reconciler_new(const struct reconciler_options *options);
void reconciler_free(struct reconciler *reconciler);
CLEANUP_DEFINE(reconciler_free, struct reconciler *)

/* Takes a reference; everything that the policy touches is translated again at the next flush. */
void reconciler_set_policy(struct reconciler *reconciler, struct policy *policy);

/* Puts an admitted object into the store, or takes one out, and notes what has to be translated. */
void reconciler_put(struct reconciler *reconciler, struct object *object);
void reconciler_remove(struct reconciler *reconciler, enum kind kind, const char *namespace,
		       const char *name);

/* Translates what is noted, sends it, and reports the tenants concerned. */
void reconciler_flush(struct reconciler *reconciler);

/* Sends again what could not listen because its port was in use, if the port is free now; was there
 * any? */
bool reconciler_retry(struct reconciler *reconciler);

/* Notes an answer of Envoy, and reports the tenant whose object it was about. */
void reconciler_note(struct reconciler *reconciler, const struct xds_event *event);

enum object_state {
	OBJECT_PENDING, /* Envoy has not yet acknowledged */
	OBJECT_SERVING,
	OBJECT_REJECTED,   /* by Envoy, or accepted by none of its parents */
	OBJECT_CONFLICTED, /* a claim of another tenant stands before it */
};

struct object_outcome {
	const char *source; /* NULL, or which source of a Route */
	enum object_state state;
	const char *reason; /* NULL, or why not, for people */
	const struct outcome_address *addresses;
	size_t address_count;
	const json_t *status; /* NULL, or as the owner would read it once it serves */
};

/* Every outcome of one hub object; none for kinds that carry no traffic. Borrowed until the next
 * flush. */
void reconciler_visit(const struct reconciler *reconciler, enum kind kind, const char *namespace,
		      const char *name,
		      void (*visit)(void *context, const struct object_outcome *outcome),
		      void *context);
