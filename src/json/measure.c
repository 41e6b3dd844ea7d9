/* SPDX-License-Identifier: Apache-2.0 */
/* How large a tree is. */
#include "json/measure.h"

#include <string.h>

static void measure_add(struct measure *sum, const json_t *child)
{
	struct measure part = json_measure(child);

	sum->nodes += part.nodes;
	sum->bytes += part.bytes;
	if (part.depth >= sum->depth)
		sum->depth = part.depth + 1;
}

struct measure json_measure(const json_t *value)
{
	struct measure sum = { .nodes = 1 };
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_string(value))
		sum.bytes = json_string_length(value);
	if (json_is_object(value) || json_is_array(value))
		sum.depth = 1;
	json_object_foreach((json_t *)value, key, child) {
		sum.bytes += strlen(key);
		measure_add(&sum, child);
	}
	json_array_foreach(value, i, child)
		measure_add(&sum, child);
	return sum;
}
