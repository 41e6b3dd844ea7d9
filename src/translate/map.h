/* SPDX-License-Identifier: Apache-2.0 */
/* What a pass looks up by name. In the arena; keys and values are borrowed. */
#pragma once

#include "base/arena.h"

struct map;

struct map *map_new(struct arena *arena);
/* NULL when there is none. */
void *map_get(const struct map *map, const char *key);
/* The key must not be there yet. */
void map_add(struct map *map, const char *key, const void *value);
