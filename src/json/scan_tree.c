/* SPDX-License-Identifier: Apache-2.0 */
/* Builds jansson's tree of a part of a text that was scanned. */
#include "json/scan_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "json/read.h"

/* What jansson takes from the heap for each, about. */
enum { BYTES_OF_CONTAINER = 224, BYTES_OF_TEXT = 64, BYTES_OF_NUMBER = 32 };

static json_t *build(struct scan_tree *tree, const struct scan_node *node);

static bool charge(struct scan_tree *tree, size_t bytes)
{
	tree->bytes += bytes;
	return !tree->bytes_max || tree->bytes <= tree->bytes_max;
}

static json_t *build_string(struct scan_tree *tree, const struct scan_node *node)
{
	const char *text = tree->scan->text + node->start;
	CLEANUP(free) char *copy = NULL;

	if (!charge(tree, BYTES_OF_TEXT + node->length))
		return NULL;
	if (!node->escaped)
		return json_stringn_nocheck(text, node->length);
	copy = memory_new(node->length, 1);
	return json_stringn_nocheck(copy, scan_unescape(text, node->length, copy));
}

static json_t *build_number(struct scan_tree *tree, const struct scan_node *node)
{
	char number[1024];

	if (!charge(tree, BYTES_OF_NUMBER))
		return NULL;
	memcpy(number, tree->scan->text + node->start, node->length);
	number[node->length] = '\0';
	return node->type == SCAN_INTEGER ? json_integer(strtoll(number, NULL, 10))
					  : json_real(strtod(number, NULL));
}

static json_t *build_array(struct scan_tree *tree, const struct scan_node *node)
{
	const struct scan *scan = tree->scan;
	const struct scan_node *end = scan_next(scan, node);
	CLEANUP(json_decref) json_t *array = json_array();
	size_t count = 0;

	if (!charge(tree, BYTES_OF_CONTAINER))
		return NULL;
	for (const struct scan_node *at = node + 1; at < end; at = scan_next(scan, at)) {
		bool is_past = tree->items_max && count++ >= tree->items_max;
		json_t *item = is_past ? json_null() : build(tree, at);

		tree->is_cut |= is_past;
		if (!item || !charge(tree, sizeof(item)))
			return NULL;
		json_array_append_new(array, item);
	}
	return take(array);
}

static bool add_member(struct scan_tree *tree, json_t *object, const struct scan_node *key)
{
	const char *text = tree->scan->text + key->start;
	json_t *value = build(tree, key + 1);
	CLEANUP(free) char *copy = NULL;
	size_t length = key->length;

	if (!value)
		return false;
	if (key->escaped) {
		copy = memory_new(length, 1);
		length = scan_unescape(text, length, copy);
		text = copy;
	}
	json_object_setn_new_nocheck(object, text, length, value);
	return charge(tree, BYTES_OF_TEXT + length);
}

static json_t *build_object(struct scan_tree *tree, const struct scan_node *node)
{
	const struct scan *scan = tree->scan;
	const struct scan_node *end = scan_next(scan, node);
	CLEANUP(json_decref) json_t *object = json_object();

	if (!charge(tree, BYTES_OF_CONTAINER))
		return NULL;
	for (const struct scan_node *key = node + 1; key < end; key = scan_next(scan, key + 1))
		if (key + 1 != tree->without[0] && key + 1 != tree->without[1] &&
		    !add_member(tree, object, key))
			return NULL;
	return take(object);
}

/* Recurses no deeper than the scanner read. */
static json_t *build(struct scan_tree *tree, const struct scan_node *node)
{
	switch ((enum scan_type)node->type) {
	case SCAN_NULL:
		return json_null();
	case SCAN_FALSE:
		return json_false();
	case SCAN_TRUE:
		return json_true();
	case SCAN_INTEGER:
	case SCAN_REAL:
		return build_number(tree, node);
	case SCAN_STRING:
		return build_string(tree, node);
	case SCAN_ARRAY:
		return build_array(tree, node);
	case SCAN_OBJECT:
		return build_object(tree, node);
	}
	return NULL;
}

json_t *scan_tree_build(struct scan_tree *tree, const struct scan_node *node)
{
	return build(tree, node);
}
