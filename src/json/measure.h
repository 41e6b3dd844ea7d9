/* SPDX-License-Identifier: Apache-2.0 */
/* How large a tree is, for the ceilings that hold before something is parsed, copied or expanded. */
#pragma once

#include <jansson.h>
#include <stddef.h>

/* Deeper trees are refused everywhere: jansson and our own walks recurse. An object or array counts
 * one, a scalar none. */
#define JSON_DEPTH_MAX 64
/* Values in one text or one patched object; about 240 bytes each at worst. */
#define JSON_NODES_MAX 1000000
/* Bytes of keys and strings in one text or one patched object. */
#define JSON_BYTES_MAX (64UL << 20)

struct measure {
	size_t nodes; /* values: objects, arrays and scalars */
	size_t bytes; /* of keys and strings */
	unsigned depth;
};

struct measure json_measure(const json_t *value);
