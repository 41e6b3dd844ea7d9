/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text written straight into a buffer, where a tree would be built only to be written. */
#pragma once

#include "base/buf.h"

/* Appends a text in quotes, escaped; a byte that is no UTF-8 becomes U+FFFD. NULL is "". */
void json_write_text(struct buf *buf, const char *text);

/* Appends `"key":"text"`, with a comma before it unless an object was opened just now. The key is
 * ours, and needs no escaping. */
void json_write_member(struct buf *buf, const char *key, const char *text);
