/* SPDX-License-Identifier: Apache-2.0 */
/* What a node's Envoy should hold and what it has acknowledged: the reconciler's side of xDS. */
#pragma once

#include "envoy/generate.h"
#include "xds/server.h"

struct delivery;

enum delivery_state {
	DELIVERY_ABSENT, /* nothing of that name is to be there */
	DELIVERY_PENDING,
	DELIVERY_ACKED,
	DELIVERY_NACKED,
};

struct delivery *delivery_new(struct xds_server *xds, const char *node);
void delivery_free(struct delivery *delivery);
CLEANUP_DEFINE(delivery_free, struct delivery *)

/* What a unit (any text that names who answers for these resources) consists of from now on. Takes
 * the references. What did not change is not sent again; what is gone is removed. Goes out with the
 * next delivery_publish(). */
void delivery_set(struct delivery *delivery, const char *unit, struct resource_list *resources);

/* Sends what changed since the last time as one batch. */
void delivery_publish(struct delivery *delivery);

/* The next delivery_set() sends this one though it did not change. */
void delivery_repeat(struct delivery *delivery, enum resource_type type, const char *name);

/* Notes an answer of Envoy. The unit whose resource it was about (borrowed until the next
 * delivery_set), or NULL when that says nothing new. */
const char *delivery_note(struct delivery *delivery, const struct xds_event *event);

/* *ret_message (may be NULL) is Envoy's own words for DELIVERY_NACKED, borrowed as above. */
enum delivery_state delivery_state(const struct delivery *delivery, enum resource_type type,
				   const char *name, const char **ret_message);

/* How many additions, changes and removals Envoy has yet to answer. */
size_t delivery_pending(const struct delivery *delivery);
