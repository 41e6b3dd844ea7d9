/* SPDX-License-Identifier: Apache-2.0 */
/* Config: the hub's settings. */
#include "api/config.h"

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct config),
	FIELD(struct config, "spec", settings, SHAPE_OBJECT, .of = &settings_shape),
	FIELD(struct config, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape config_shape = { sizeof(struct config), fields, NULL, false };
