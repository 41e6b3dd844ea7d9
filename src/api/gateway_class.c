/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API GatewayClass. */
#include "api/gateway_class.h"

#include "api/gateway_format.h"
#include "api/gateway_spec.h"

static const struct shape_field spec_fields[] = {
	FIELD(struct gateway_class, "controllerName", controller, SHAPE_STRING, .required = true,
	      .min = 1, .max = 253, .format = &format_controller),
	FIELD(struct gateway_class, "description", description, SHAPE_STRING, .max = 64),
	FIELD(struct gateway_class, "parametersRef", parameters_ref, SHAPE_RAW,
	      .of = &parameters_ref_shape),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct gateway_class), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct gateway_class),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	FIELD(struct gateway_class, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape gateway_class_shape = { sizeof(struct gateway_class), fields, NULL, false };
