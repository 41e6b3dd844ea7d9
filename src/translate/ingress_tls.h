/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of a tenant's Ingresses by SNI. */
#pragma once

#include "translate/tenant.h"

struct ingress_state;
struct ingress_chains;

struct ingress_chains *ingress_chains_new(struct arena *arena);

/* Adds the hosts of the Ingress' tls[]; a host that an older one has stays with that. */
void ingress_chains_add(struct tenant *tenant, struct ingress_chains *chains,
			struct ingress_state *ingress);

/* Appends the filter chains, all of them to the same routes. */
void ingress_chains_emit(struct tenant *tenant, const struct ingress_chains *chains,
			 const char *routes, struct ir_listener *listener);
