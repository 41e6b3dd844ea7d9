/* SPDX-License-Identifier: Apache-2.0 */
/* What the scanner asks of its other files. */
#pragma once

#include "json/scan.h"

/* A key of the object that stands there twice, however the two are escaped: the later one; or NULL. */
const struct scan_node *scan_duplicate_key(const struct scan *scan, const struct scan_node *object);
