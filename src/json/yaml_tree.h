/* SPDX-License-Identifier: Apache-2.0 */
/* From the events of a YAML parser to one JSON tree per document: keys, anchors, merges, ceilings. */
#pragma once

#include <jansson.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "json/scalar.h"

/* Where something stands in the text, both from 1. */
struct mark {
	unsigned line;
	unsigned column;
};

/* error_set() with "line N, column M: " before the text. */
int mark_error(struct mark mark, struct error *err, enum error_code code, const char *format, ...)
	FORMAT(4, 5);

struct yaml_tree;

struct yaml_tree *yaml_tree_new(void);
void yaml_tree_free(struct yaml_tree *tree);
CLEANUP_DEFINE(yaml_tree_free, struct yaml_tree *)

/* One call per event, in the order of the text; anchor may be NULL. After an error the tree can only
 * be freed. */
int yaml_tree_scalar(struct yaml_tree *tree, const struct scalar *scalar, const char *anchor,
		     struct mark mark, struct error *err);
int yaml_tree_open(struct yaml_tree *tree, json_type type, const char *anchor, struct mark mark,
		   struct error *err);
int yaml_tree_close(struct yaml_tree *tree, struct error *err);
int yaml_tree_alias(struct yaml_tree *tree, const char *anchor, struct mark mark,
		    struct error *err);

/* Ends the document: its root, the caller's, and where it began; NULL for one that holds nothing.
 * Anchors are forgotten, ceilings go on counting. */
json_t *yaml_tree_take(struct yaml_tree *tree, struct mark *ret_start);
