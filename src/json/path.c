/* SPDX-License-Identifier: Apache-2.0 */
/* Field paths as Kubernetes writes them. */
#include "json/path.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

#define KEY_MAX 128

/* Keys are what a user wrote: cut, and nothing but printable ASCII goes into a log or a reply. */
static void key_put(struct buf *buf, const char *key)
{
	for (size_t i = 0; key[i] && i < KEY_MAX; i++) {
		unsigned char c = (unsigned char)key[i];

		if (c < 0x20 || c >= 0x7f)
			buf_printf(buf, "\\x%02x", c);
		else
			buf_putc(buf, (char)c);
	}
}

static void path_put(struct buf *buf, const struct path *path)
{
	bool bracket;

	if (path->parent)
		path_put(buf, path->parent);
	if (!path->key) {
		buf_printf(buf, "[%zu]", path->index);
		return;
	}
	bracket = strpbrk(path->key, "./[]") && buf->len;
	if (bracket)
		buf_putc(buf, '[');
	else if (buf->len)
		buf_putc(buf, '.');
	key_put(buf, path->key);
	if (bracket)
		buf_putc(buf, ']');
}

char *path_text(struct arena *arena, const struct path *path)
{
	CLEANUP(buf_done) struct buf buf = { 0 };

	if (path)
		path_put(&buf, path);
	return arena_strdup(arena, buf_text(&buf));
}
