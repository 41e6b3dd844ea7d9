/* SPDX-License-Identifier: Apache-2.0 */
/* The outcomes of a translation by object: who reports asks for each object of a tenant in turn. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "translate/translate.h"

/* The outcomes ordered by object; those of one object stay in the order in which they were found. */
const struct outcome **outcomes_sort(struct arena *arena, const struct outcome_list *outcomes);

/* Where the outcomes of an object begin in the sorted ones, or would. */
size_t outcomes_find(const struct outcome *const *sorted, size_t count, enum kind kind,
		     const char *name);
bool outcome_is_of(const struct outcome *outcome, enum kind kind, const char *name);
