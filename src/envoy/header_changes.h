/* SPDX-License-Identifier: Apache-2.0 */
/* Header modifications, as routes and weighted clusters have them. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "translate/ir.h"

bool header_changes_any(const struct ir_header_changes *changes);

/* Adds "<direction>_headers_to_add" and "…_to_remove" to an object; direction is "request" or
 * "response". */
void header_changes_add(json_t *json, const char *direction,
			const struct ir_header_changes *changes);
