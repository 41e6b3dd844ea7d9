/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on their way from a translation to whoever reads a status. */
#pragma once

#include "manager/reconciler.h"
#include "json/read.h"

/* A copy of a translation's status as it is now: Programmed turned to False while Envoy has not taken
 * the object or refuses it, and lastTransitionTime set: previous' where a condition's status is the
 * same there (NULL: no previous one), else now (RFC 3339). The caller's. */
json_t *status_now(const struct object_outcome *outcome, const json_t *previous, const char *now);
