/* SPDX-License-Identifier: Apache-2.0 */
/* An IR secret as Envoy's Secret, in proto3 JSON of the caller's. */
#pragma once

#include <jansson.h>

#include "translate/ir.h"

json_t *secret_describe(const struct ir_secret *secret);
