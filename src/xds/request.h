/* SPDX-License-Identifier: Apache-2.0 */
/* A DeltaDiscoveryRequest, decoded. */
#pragma once

#include "base/error.h"
#include "json/shape.h"

struct arena;

struct xds_request {
	const char *node; /* "" in all but a stream's first */
	const char *type_url;
	struct string_list subscribe, unsubscribe;
	struct string_map versions; /* what Envoy holds, by name; of the first of a type */
	const char *nonce;	    /* "" when it answers nothing */
	bool refused;		    /* a NACK */
	const char *message;	    /* Envoy's words of a NACK */
};

/* Everything of *ret lives in the arena. ERROR_INVALID: no such message. */
int xds_request_decode(struct arena *arena, const void *bytes, size_t length,
		       struct xds_request *ret, struct error *err);
