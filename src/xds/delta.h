/* SPDX-License-Identifier: Apache-2.0 */
/* One xDS stream as a state machine: requests and changes in, responses and answers out. Pure: no
 * socket, no clock, no thread; replayed by tests/xds. What Envoy does is the incremental protocol of its
 * xDS documentation, "Incremental xDS". */
#pragma once

#include <stdbool.h>

#include "xds/cache.h"
#include "xds/request.h"

struct delta;

/* Where a stream's output goes. */
struct delta_output {
	/* An encoded DeltaDiscoveryResponse. False: nothing was taken; delta_flush() tries again. */
	bool (*send)(void *context, const void *bytes, size_t length);
	void *send_context;
	/* Envoy now holds what the cache has of this name (or nothing, when it has nothing). */
	void (*settled)(void *context, enum resource_type type, const char *name);
	/* Envoy refused this version, with these words. */
	void (*refused)(void *context, enum resource_type type, const char *name,
			const char *version, const char *message);
	void *context;
};

/* A stream of one node, whose cache it reads. */
struct delta *delta_new(const struct xds_cache *cache, const struct delta_output *output);
void delta_free(struct delta *delta);
CLEANUP_DEFINE(delta_free, struct delta *)

/* A request that Envoy sent. What it leads to goes out with the next delta_flush(). ERROR_TOO_LARGE:
 * the names that it asks for pass what one stream may hold. */
int delta_request(struct delta *delta, const struct xds_request *request, struct error *err);

/* Did Envoy say that it holds something from an earlier stream? */
bool delta_is_resumed(const struct delta *delta);

/* The cache was given something, or has nothing any more, of this name: notes what is to be sent. A
 * version that was refused is sent again only after this. */
void delta_changed(struct delta *delta, enum resource_type type, const char *name);

/* Sends what is due until the output takes no more: clusters, the endpoints of each of them, secrets,
 * listeners, routes, then removed listeners, then removed clusters. One resource to a response, so that
 * its nonce names what is refused; only the first answer to a wildcard comes in one. */
void delta_flush(struct delta *delta);

/* Does Envoy hold by its own word what the cache has of this name, or nothing when it has nothing? */
bool delta_has(const struct delta *delta, enum resource_type type, const char *name);
