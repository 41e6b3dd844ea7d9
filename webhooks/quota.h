/* SPDX-License-Identifier: Apache-2.0 */
/* How much a tenant may have (LB007), for every kind that counts. */
#pragma once

#include "admission/admission.h"

#define QUOTA_PORTS 500	   /* unless ports.limit says otherwise */
#define QUOTA_OBJECTS 1024 /* unless objects.limit does */

/* Refuses what grows past a limit. What does not grow passes, even where a limit was lowered below what
 * is there; without an inventory everything does. */
void quota_check(struct admission *admission);
