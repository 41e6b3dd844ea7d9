/* SPDX-License-Identifier: Apache-2.0 */
/* IR routes as Envoy's RouteConfiguration, in proto3 JSON of the caller's. */
#pragma once

#include <jansson.h>

#include "translate/ir.h"

json_t *routes_describe(const struct ir_routes *routes);
