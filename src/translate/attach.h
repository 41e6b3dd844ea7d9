/* SPDX-License-Identifier: Apache-2.0 */
/* A HTTPRoute or GRPCRoute on the listeners of its parents. */
#pragma once

#include "translate/tenant.h"

/* Attaches the route wherever it may, and appends its outcome. Routes come oldest first, after all
 * Gateways. */
void attach_route(struct tenant *tenant, const struct carried *carried);
