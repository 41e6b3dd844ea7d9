/* SPDX-License-Identifier: Apache-2.0 */
/* What one node's Envoys should hold. A version that Envoy refuses gives way to the one before it. */
#pragma once

#include <stdbool.h>

#include "envoy/resource.h"

struct xds_cache;

struct xds_cache *xds_cache_new(void);
void xds_cache_free(struct xds_cache *cache);
CLEANUP_DEFINE(xds_cache_free, struct xds_cache *)

/* Borrowed; NULL: nothing of that name. */
const struct resource *xds_cache_get(const struct xds_cache *cache, enum resource_type type,
				     const char *name);
void xds_cache_visit(const struct xds_cache *cache, enum resource_type type,
		     void (*visit)(void *context, const struct resource *resource), void *context);

/* Takes the reference over. What was acknowledged before stays known as good. */
void xds_cache_adopt(struct xds_cache *cache, struct resource *resource);
void xds_cache_remove(struct xds_cache *cache, enum resource_type type, const char *name);

/* Every Envoy of the node took this version; another than the current one changes nothing. */
void xds_cache_acked(struct xds_cache *cache, enum resource_type type, const char *name,
		     const char *version);
bool xds_cache_is_acked(const struct xds_cache *cache, enum resource_type type, const char *name);

/* An Envoy refused this version. When it is the current one and was never acknowledged, the good one
 * before it is current again, and without one there is nothing of that name: true. What was good once
 * stays: then it is that Envoy which cannot take it now. */
bool xds_cache_nacked(struct xds_cache *cache, enum resource_type type, const char *name,
		      const char *version);
