/* SPDX-License-Identifier: Apache-2.0 */
/* The outcomes of a translation by object. */
#include "manager/outcomes.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static int compare_object(const struct outcome *outcome, enum kind kind, const char *name)
{
	if (outcome->kind != kind)
		return outcome->kind < kind ? -1 : 1;
	return strcmp(outcome->name, name);
}

static int by_object(const void *a, const void *b)
{
	const struct outcome *x = *(const struct outcome *const *)a;
	const struct outcome *y = *(const struct outcome *const *)b;
	int order = compare_object(x, y->kind, y->name);

	return order ? order : (x > y) - (x < y);
}

const struct outcome **outcomes_sort(struct arena *arena, const struct outcome_list *outcomes)
{
	const struct outcome **sorted = arena_alloc(arena, outcomes->count, sizeof(*sorted));

	for (size_t i = 0; i < outcomes->count; i++)
		sorted[i] = &outcomes->items[i];
	if (outcomes->count)
		qsort(sorted, outcomes->count, sizeof(*sorted), by_object);
	return sorted;
}

size_t outcomes_find(const struct outcome *const *sorted, size_t count, enum kind kind,
		     const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_object(sorted[middle], kind, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool outcome_is_of(const struct outcome *outcome, enum kind kind, const char *name)
{
	return compare_object(outcome, kind, name) == 0;
}
