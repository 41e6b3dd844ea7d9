/* SPDX-License-Identifier: Apache-2.0 */
/* The identity of what a Route embeds: where it says it comes from, and what it must not claim. */
#pragma once

#include "admission/admission.h"
#include "api/metadata.h"

/* Is the namespace one that an object of a tenant's cluster may come from? It is an origin only: nothing
 * is ever written there. `at` is the path of the object's metadata. */
void embedded_check_namespace(struct admission *admission, const struct metadata *metadata,
			      const struct path *at);

/* Labels that the hub gives meaning to; others are never copied and never a reason to refuse. */
void embedded_check_labels(struct admission *admission, const struct metadata *metadata,
			   const struct path *at);

/* Is it a namespace of another tenant in the hub? No reference of a tenant's leads there. */
bool namespace_is_of_another(const struct admission *admission, const char *namespace);
