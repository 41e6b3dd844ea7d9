/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations of a LoadBalancer, of a Route and of everything that it embeds (RT004). */
#pragma once

#include "admission/admission.h"

/* Takes out what policy/annotations.h drops, with a warning each. */
void annotations_mutate(struct admission *admission);
/* Refuses what it refuses. */
void annotations_validate(struct admission *admission);
