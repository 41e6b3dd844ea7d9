/* SPDX-License-Identifier: Apache-2.0 */
/* Config: the hub's settings; one object, named "default". */
#pragma once

#include "api/settings.h"

#define CONFIG_NAME "default"

struct config {
	struct object_header header;
	struct settings settings;
	json_t *status;
};

extern const struct shape config_shape;
