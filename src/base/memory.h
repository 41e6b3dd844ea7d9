/* SPDX-License-Identifier: Apache-2.0 */
/* Heap memory that is never NULL: running out ends the process with one line on stderr. Input is
 * held to a ceiling before it is parsed, so that this is never somebody's input. */
#pragma once

#include <stddef.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* Zeroed; freed with free(). */
void *memory_new(size_t count, size_t size) MUST_CHECK;

/* Grows or shrinks what memory_new() gave; new bytes are undefined. */
void *memory_resize(void *memory, size_t count, size_t size) MUST_CHECK;

/* A copy of text; NULL stays NULL. Freed with free(). */
char *memory_strdup(const char *text);

_Noreturn void memory_exhausted(void);

/* CLEANUP(free) for a pointer of any type. */
static inline void free_cleanup(void *variable)
{
	free(*(void **)variable);
}
