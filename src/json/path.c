/* SPDX-License-Identifier: Apache-2.0 */
/* Field paths as Kubernetes writes them. */
#include "json/path.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

static void path_put(struct buf *buf, const struct path *path)
{
	if (path->parent)
		path_put(buf, path->parent);
	if (!path->key)
		buf_printf(buf, "[%zu]", path->index);
	else if (strpbrk(path->key, "./[]") && buf->len)
		buf_printf(buf, "[%.128s]", path->key);
	else
		buf_printf(buf, "%s%.128s", buf->len ? "." : "", path->key);
}

char *path_text(struct arena *arena, const struct path *path)
{
	CLEANUP(buf_done) struct buf buf = { 0 };

	if (path)
		path_put(&buf, path);
	return arena_strdup(arena, buf_text(&buf));
}
