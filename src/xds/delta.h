/* SPDX-License-Identifier: Apache-2.0 */
/* One xDS stream as a state machine: requests and changes in, responses and events out. Pure: no
 * socket, no clock, no thread; replayed by tests/xds. */
#pragma once

#include <stdbool.h>

#include "xds/cache.h"
#include "xds/request.h"
#include "xds/server.h"

struct delta;

/* Where a stream's output goes. */
struct delta_output {
	/* An encoded DeltaDiscoveryResponse. False: it was not taken, delta_flush() tries it again. */
	bool (*send)(void *context, const void *bytes, size_t length);
	void *context;
};

/* A stream of one node, whose cache it reads. */
struct delta *delta_new(struct xds_cache *cache, const struct delta_output *output);
void delta_free(struct delta *delta);
CLEANUP_DEFINE(delta_free, struct delta *)

/* A request that Envoy sent. */
void delta_request(struct delta *delta, const struct xds_request *request);

/* The cache changed (xds_cache_apply()): notes what this stream has to send. */
void delta_changed(struct delta *delta, enum resource_type type, const char *name);

/* Sends what is due, in make-before-break order, until the output takes no more. */
void delta_flush(struct delta *delta);

/* Has this stream acknowledged the resource (or its removal) as the cache now has it, or no need of
 * it? */
bool delta_has(const struct delta *delta, enum resource_type type, const char *name);
