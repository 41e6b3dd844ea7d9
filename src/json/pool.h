/* SPDX-License-Identifier: Apache-2.0 */
/* Trees that live as long as a pass: jansson's memory from an arena, which nobody has to release. */
#pragma once

#include "base/arena.h"

/* From here to json_pool_leave() all that jansson takes in this thread comes from the arena, and what is
 * given back stays there. No tree that is made meanwhile may be used after the arena; none that lives
 * longer may be changed. Returns what leaving needs. */
struct arena *json_pool_enter(struct arena *arena);
void json_pool_leave(struct arena *before);

/* Is it one that this thread's pool will take care of? */
bool json_pool_holds(const void *memory);
