/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one pass (a request, a reconcile, a translation): taken piece by piece, freed at once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
CLEANUP_DEFINE(arena_free, struct arena *)

/* Zeroed memory that lives as long as the arena, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
/* As arena_alloc(), of bytes that say nothing yet. */
void *arena_take(struct arena *arena, size_t size);
/* Did this memory come from the arena? Quick for what came last. */
bool arena_holds(const struct arena *arena, const void *memory);
/* One zeroed thing of a type. */
#define ARENA_NEW(arena, type) ((type *)arena_alloc(arena, 1, sizeof(type)))

/* A copy of text; NULL stays NULL. */
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) FORMAT(2, 3);

/* Counts memory that comes from elsewhere and lives as long as the arena. */
void arena_charge(struct arena *arena, size_t bytes);
/* Bytes taken and charged: for a pass that is held to a ceiling. */
size_t arena_used(const struct arena *arena);

/* Runs release(memory) when the arena is freed, last adopted first: for what has to live as long
 * as the pass but comes from elsewhere (a json_t). */
void arena_adopt(struct arena *arena, void *memory, void (*release)(void *));

/* Makes room for one more item in a growing array of the arena; *items may move.
 * Use as: *(struct thing *)arena_append(arena, &list.items, &list.count, sizeof(struct thing)). */
void *arena_append(struct arena *arena, void *items, size_t *count, size_t size);
/* Appends value to any struct with members `items` and `count` (see LIST_OF in json/shape.h). */
#define LIST_APPEND(arena, list, ...)                                                            \
	(*(__typeof__((list)->items))arena_append(arena, (void *)&(list)->items, &(list)->count, \
						  sizeof(*(list)->items)) = __VA_ARGS__)
