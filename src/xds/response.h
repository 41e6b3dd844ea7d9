/* SPDX-License-Identifier: Apache-2.0 */
/* A DeltaDiscoveryResponse, encoded piece by piece. */
#pragma once

#include "base/buf.h"
#include "envoy/resource.h"

/* Starts a response; buf is empty before. */
void response_begin(struct buf *buf, enum resource_type type, const char *nonce);
void response_add(struct buf *buf, const struct resource *resource);
/* Says that there is an empty one of this name: endpoints without addresses, routes that answer 404. */
void response_add_empty(struct buf *buf, enum resource_type type, const char *name);
void response_remove(struct buf *buf, const char *name);
