/* SPDX-License-Identifier: Apache-2.0 */
/* core/v1 Namespace: its name and labels. */
#include "api/namespace.h"

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct namespace),
	{ 0 },
};
const struct shape namespace_shape = { sizeof(struct namespace), fields, NULL, .open = true };
