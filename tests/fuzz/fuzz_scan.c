/* SPDX-License-Identifier: Apache-2.0 */
/* The scanner beside jansson: both read a text to the same tree, or both refuse it, but for what passes
 * a ceiling that jansson has not. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "json/read.h"
#include "json/scan_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A ceiling that only the scanner has; and jansson passes over a NUL behind a number. */
static bool is_stricter(const char *text, size_t size, const struct error *err)
{
	return err->code == ERROR_TOO_LARGE || strstr(err->text, "of more than 512 characters") ||
	       memchr(text, '\0', size);
}

/* A text that was scanned can be read node by node, and none lies outside it. */
static void visit(const struct scan *scan, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	for (const struct scan_node *node = scan->nodes; node < scan->nodes + scan->count; node++) {
		if (node->start + (size_t)node->length > size || node->next > scan->count ||
		    scan_next(scan, node) <= node)
			abort();
		if (node->type == SCAN_STRING)
			scan_string(scan, node, arena);
	}
	scan_member(scan, scan->nodes, "request");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	CLEANUP(scan_done) struct scan scan = { 0 };
	CLEANUP(json_decref) json_t *theirs = NULL;
	CLEANUP(json_decref) json_t *ours = NULL;
	struct scan_tree tree = { .scan = &scan };
	struct error err;

	theirs = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	if (scan_text(text, size, SCAN_INTEGERS_HELD, &scan, &err) < 0) {
		if (theirs && !is_stricter(text, size, &err))
			abort();
		return 0;
	}
	visit(&scan, size);
	ours = scan_tree_build(&tree, scan.nodes);
	if (!theirs || !json_equal(ours, theirs))
		abort();
	return 0;
}
