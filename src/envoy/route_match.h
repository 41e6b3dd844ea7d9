/* SPDX-License-Identifier: Apache-2.0 */
/* An IR match as Envoy's RouteMatch. */
#pragma once

#include <jansson.h>

#include "translate/ir.h"

json_t *route_match_describe(const struct ir_match *match);
