/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the report as people read it. */
#pragma once

#include "json/read.h"

/* The text of a line's JSON: the object, then each cause and warning on a line of its own, and no
 * control character of a value. For free(). */
char *report_text(const json_t *line);
