/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's certificates: SyncSecrets by origin, their pairs checked before Envoy sees them. */
#pragma once

#include "translate/tenant.h"

struct tls_secret {
	const char *name;   /* in the IR; NULL: it cannot be served */
	const char *reason; /* for people, when name is NULL */
};

/* The Secret of that namespace and name in the tenant's own cluster; a SyncSecret without origin labels
 * stands for its own name. Added to the IR at first need. */
const struct tls_secret *tls_secret_find(struct tenant *tenant, const char *namespace,
					 const char *name);
