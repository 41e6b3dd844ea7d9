/* SPDX-License-Identifier: Apache-2.0 */
/* The Services that a Route carries: ports and nothing that reaches further (RT004). */
#pragma once

#include "admission/admission.h"
#include "api/route.h"

/* Takes out what the hub never copies; services may be anything. */
void services_mutate(struct admission *admission, json_t *services);
void services_validate(struct admission *admission, const struct route *route);
