/* SPDX-License-Identifier: Apache-2.0 */
/* jansson's memory from an arena. */
#include "json/pool.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/memory.h"

/* jansson asks for memory without saying for whom, so that the thread has to know. */
static _Thread_local struct arena *pool;

static void *pool_take(size_t size)
{
	return pool ? arena_take(pool, size) : memory_new(1, size);
}

bool json_pool_holds(const void *memory)
{
	return pool && arena_holds(pool, memory);
}

static void pool_give(void *memory)
{
	if (!json_pool_holds(memory))
		free(memory);
}

/* Before main, so that no thread sees it change; without a pool it is what jansson does anyway. */
static __attribute__((constructor)) void pool_install(void)
{
	json_set_alloc_funcs(pool_take, pool_give);
}

struct arena *json_pool_enter(struct arena *arena)
{
	struct arena *before = pool;

	pool = arena;
	return before;
}

void json_pool_leave(struct arena *before)
{
	pool = before;
}
