/* SPDX-License-Identifier: Apache-2.0 */
/* Names of what the IR holds: made of parts, and different wherever the parts are. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* The parts (ends with NULL) with "/" between them; a "/" or "%" inside a part is escaped, so that
 * no two lists of parts share a name. */
const char *name_join(struct arena *arena, ...) __attribute__((sentinel));

const char *name_number(struct arena *arena, long number);

/* A listener's name holds where it listens: Envoy does not let two of them swap their addresses. */
const char *name_listener(struct arena *arena, const char *namespace, const char *address,
			  uint16_t port, bool udp);
