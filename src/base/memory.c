/* SPDX-License-Identifier: Apache-2.0 */
/* Heap memory that is never NULL. */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void memory_exhausted(void)
{
	fputs("kubelb: out of memory\n", stderr);
	_exit(70);
}

void *memory_new(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);

	if (!memory)
		memory_exhausted();
	return memory;
}

void *memory_resize(void *memory, size_t count, size_t size)
{
	size_t bytes = count * size;

	if (size && count > SIZE_MAX / size)
		memory_exhausted();
	memory = realloc(memory, bytes > 0 ? bytes : 1);
	if (!memory)
		memory_exhausted();
	return memory;
}

char *memory_strdup(const char *text)
{
	size_t length;
	char *copy;

	if (!text)
		return NULL;
	length = strlen(text) + 1;
	copy = memory_new(length, 1);
	memcpy(copy, text, length);
	return copy;
}
