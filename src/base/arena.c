/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of one pass, freed at once. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* Chunks double, so that a large pass has few of them. */
#define CHUNK_MIN (8 << 10)
#define CHUNK_MAX (1 << 20)

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char memory[];
};

struct adopted {
	struct adopted *next;
	void *memory;
	void (*release)(void *);
};

struct arena {
	struct chunk *chunks;
	struct adopted *adopted;
	size_t used;
};

struct arena *arena_new(void)
{
	return memory_new(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	struct chunk *next;

	if (!arena)
		return;
	for (struct adopted *a = arena->adopted; a; a = a->next)
		a->release(a->memory);
	for (struct chunk *chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(arena);
}

static struct chunk *add_chunk(struct arena *arena, size_t want)
{
	size_t room = arena->chunks ? arena->chunks->size * 2 : CHUNK_MIN;
	struct chunk *chunk;

	if (room > CHUNK_MAX)
		room = CHUNK_MAX;
	if (room < want)
		room = want;
	chunk = memory_resize(NULL, 1, sizeof(*chunk) + room);
	*chunk = (struct chunk){ .next = arena->chunks, .size = room };
	arena->used += sizeof(*chunk) + room;
	return arena->chunks = chunk;
}

void *arena_take(struct arena *arena, size_t size)
{
	size_t want = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct chunk *chunk = arena->chunks;
	void *memory;

	if (!chunk || chunk->size - chunk->used < want)
		chunk = add_chunk(arena, want);
	memory = chunk->memory + chunk->used;
	chunk->used += want;
	return memory;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / 2 / size)
		memory_exhausted();
	return memset(arena_take(arena, count * size), 0, count * size);
}

bool arena_holds(const struct arena *arena, const void *memory)
{
	uintptr_t at = (uintptr_t)memory;

	for (const struct chunk *chunk = arena->chunks; chunk; chunk = chunk->next)
		if (at >= (uintptr_t)chunk->memory && at < (uintptr_t)chunk->memory + chunk->used)
			return true;
	return false;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_take(arena, length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char *text;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = arena_take(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

void arena_charge(struct arena *arena, size_t bytes)
{
	arena->used += bytes;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}

void arena_adopt(struct arena *arena, void *memory, void (*release)(void *))
{
	struct adopted *a = ARENA_NEW(arena, struct adopted);

	*a = (struct adopted){ .next = arena->adopted, .memory = memory, .release = release };
	arena->adopted = a;
}

/* Arrays double at each power of two, so the room they have follows from their count alone. */
void *arena_append(struct arena *arena, void *items, size_t *count, size_t size)
{
	void **array = items;
	void *grown;

	if ((*count & (*count - 1)) == 0) {
		grown = arena_alloc(arena, *count ? *count * 2 : 1, size);
		if (*count)
			memcpy(grown, *array, *count * size);
		*array = grown;
	}
	return (unsigned char *)*array + size * (*count)++;
}
