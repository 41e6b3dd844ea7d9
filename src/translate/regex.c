/* SPDX-License-Identifier: Apache-2.0 */
/* RE2 that we write. */
#include "translate/regex.h"

#include <string.h>

#include "base/buf.h"

const char *regex_quote(struct arena *arena, const char *text)
{
	CLEANUP(buf_done) struct buf quoted = { 0 };

	for (; *text; text++) {
		if (strchr("\\^$.|?*+()[]{}", *text))
			buf_putc(&quoted, '\\');
		buf_putc(&quoted, *text);
	}
	return arena_strdup(arena, buf_text(&quoted));
}
