/* SPDX-License-Identifier: Apache-2.0 */
/* Which tenant a hostname belongs to: the oldest object that claims it, over all tenants. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

struct host_claims;

/* One object's claim on one host ("a.b", "*.b"). A catch-all claims nothing. */
struct host_claim {
	const char *host;
	const char *namespace;	/* the tenant's: claims of one tenant never conflict */
	const char *name;	/* of the hub object; with namespace it breaks ties of age */
	int64_t age;
};

struct host_claims *host_claims_new(void);
void host_claims_free(struct host_claims *claims);
CLEANUP_DEFINE(host_claims_free, struct host_claims *)

/* Replaces the claims of one tenant. affected() is called with the namespace of every other tenant
 * whose own hosts may be owned otherwise now. */
void host_claims_set(struct host_claims *claims, const char *namespace,
		     const struct host_claim *items, size_t count,
		     void (*affected)(void *context, const char *namespace), void *context);

/* Does an older claim of another tenant stand before this one: on an equal host, or one of the two
 * under the other's wildcard? */
bool host_claims_conflict(const struct host_claims *claims, const struct host_claim *claim);
