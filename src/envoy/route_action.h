/* SPDX-License-Identifier: Apache-2.0 */
/* What an IR route does as Envoy's RouteAction, RedirectAction or DirectResponseAction. */
#pragma once

#include <jansson.h>

#include "translate/ir.h"

/* Adds "route", "redirect" or "direct_response" to an object. */
void route_action_add(json_t *json, const struct ir_route *route);
