/* SPDX-License-Identifier: Apache-2.0 */
/* RE2 that we write. */
#pragma once

#include "base/arena.h"

/* An expression that matches only this text. */
const char *regex_quote(struct arena *arena, const char *text);
