/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API GatewayClass: judged, and otherwise not read. */
#pragma once

#include "api/metadata.h"

struct gateway_class {
	struct object_header header;
	const char *controller, *description;
	json_t *parameters_ref;
	json_t *status;
};

extern const struct shape gateway_class_shape;
