/* SPDX-License-Identifier: Apache-2.0 */
/* An IR listener as Envoy's Listener, in proto3 JSON of the caller's. Nothing in it depends on
 * endpoints: a changed listener resets its TCP connections when it has drained. */
#pragma once

#include <jansson.h>

#include "translate/ir.h"

json_t *listener_describe(const struct ir_listener *listener);
