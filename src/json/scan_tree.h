/* SPDX-License-Identifier: Apache-2.0 */
/* Builds jansson's tree of a part of a text that was scanned. */
#pragma once

#include <jansson.h>

#include "json/scan.h"

struct scan_tree {
	const struct scan *scan;
	const struct scan_node *without[2]; /* members' values: they are left out; may be NULL */
	/* Items of a list past so many are null, so that no ceiling of a list costs what lies past it;
	 * 0: all are built. */
	size_t items_max;
	size_t bytes_max; /* of memory, about; 0: no ceiling */
	/* What came of it. */
	size_t bytes;
	bool is_cut; /* items_max was passed */
};

/* The tree of one node, the caller's. NULL where it would pass bytes_max. */
json_t *scan_tree_build(struct scan_tree *tree, const struct scan_node *node);
