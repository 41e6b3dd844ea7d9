/* SPDX-License-Identifier: Apache-2.0 */
/* The IR as short JSON that reads well side by side with the objects that it is made of. */
#pragma once

#include "translate/ir.h"

/* {"clusters": {…}, "secrets": […], "listeners": {…}, "routes": {name: {host: [route, …]}}}; without the
 * certificates. The caller's. */
json_t *ir_describe(const struct ir *ir);
