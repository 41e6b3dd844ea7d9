/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts an object claims for its tenant. */
#pragma once

#include "api/kind.h"

struct arena;

/* Appends every host that a LoadBalancer or a Route names, as it is written: its own hostname, those of
 * an Ingress' rules and tls, of a Gateway's listeners, of routes. Catch-alls claim nothing and are
 * left out, and so is every other kind. Borrowed from the decoded object. */
void claimed_hosts(enum kind kind, const void *decoded, struct arena *arena,
		   struct string_list *ret);
