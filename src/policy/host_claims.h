/* SPDX-License-Identifier: Apache-2.0 */
/* Which tenant a hostname belongs to: the oldest object that claims it, over all tenants. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct host_claims;

/* One object's claim on one host ("a.b", "*.b"); upper case and a trailing dot do not matter. A
 * catch-all claims nothing: addresses are a tenant's own. */
struct host_claim {
	const char *host;
	const char *namespace; /* the tenant's: claims of one tenant never conflict */
	const char *name;      /* of the hub object; with namespace it breaks ties of age */
	int64_t age;	       /* smaller is older */
};

struct host_claims *host_claims_new(void);
void host_claims_free(struct host_claims *claims);
CLEANUP_DEFINE(host_claims_free, struct host_claims *)

/* Replaces the claims of one tenant; copies what it needs; the items' own namespace is not read.
 * affected() (may be NULL) is called once, after the change, with the namespace of every other
 * tenant whose own hosts may be owned otherwise now; it must not change the claims. Costs the
 * tenant's hosts times their labels, whatever others hold. */
void host_claims_set(struct host_claims *claims, const char *namespace,
		     const struct host_claim *items, size_t count,
		     void (*affected)(void *context, const char *namespace), void *context);

/* Does an older claim of another tenant stand before this one: on an equal host, or one of the two
 * under the other's wildcard (at any depth)? Costs one look-up per label. */
bool host_claims_conflict(const struct host_claims *claims, const struct host_claim *claim);

/* May a tenant not have this host because another does: is there a claim of another tenant on an equal
 * host, or on one of the two under the other's wildcard, older than the tenant's own claims that
 * cover the host? A catch-all is nobody's. */
bool host_claims_taken(const struct host_claims *claims, const char *namespace, const char *host);
