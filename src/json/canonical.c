/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text in and out. */
#include "json/canonical.h"

#include "json/scan_tree.h"

static int buf_add_dump(const char *bytes, size_t length, void *data)
{
	return buf_add(data, bytes, length) ? 0 : -1;
}

bool json_canonical(const json_t *value, struct buf *buf)
{
	size_t before = buf->len;

	if (json_dump_callback(value, buf_add_dump, buf,
			       JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) == 0)
		return true;
	buf->len = before;
	if (buf->data)
		buf->data[before] = '\0';
	return false;
}

int json_parse(const char *text, size_t length, json_t **ret, struct error *err)
{
	CLEANUP(scan_done) struct scan scan = { 0 };
	struct scan_tree tree = { .scan = &scan };
	int r;

	r = scan_text(text, length, SCAN_INTEGERS_HELD, &scan, err);
	if (r < 0)
		return r;
	*ret = scan_tree_build(&tree, scan.nodes);
	return 0;
}
