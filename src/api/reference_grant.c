/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API ReferenceGrant. */
#include "api/reference_grant.h"

#include "api/format.h"

static const struct shape_field from_fields[] = {
	FIELD(struct grant_from, "group", group, SHAPE_STRING, .required = true,
	      .format = &format_group),
	FIELD(struct grant_from, "kind", kind, SHAPE_STRING, .required = true,
	      .format = &format_kind),
	FIELD(struct grant_from, "namespace", namespace, SHAPE_STRING, .required = true,
	      .format = &format_dns_label),
	{ 0 },
};
static const struct shape from_shape = { sizeof(struct grant_from), from_fields, NULL, false };

static const struct shape_field to_fields[] = {
	FIELD(struct grant_to, "group", group, SHAPE_STRING, .required = true,
	      .format = &format_group),
	FIELD(struct grant_to, "kind", kind, SHAPE_STRING, .required = true,
	      .format = &format_kind),
	FIELD(struct grant_to, "name", name, SHAPE_STRING, .min = 1, .max = 253),
	{ 0 },
};
static const struct shape to_shape = { sizeof(struct grant_to), to_fields, NULL, false };

static const struct shape_field spec_fields[] = {
	FIELD(struct reference_grant, "from", from, SHAPE_LIST, .of = &from_shape, .required = true,
	      .min = 1, .max = 16),
	FIELD(struct reference_grant, "to", to, SHAPE_LIST, .of = &to_shape, .required = true,
	      .min = 1, .max = 16),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct reference_grant), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct reference_grant),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	{ 0 },
};
const struct shape reference_grant_shape = { sizeof(struct reference_grant), fields, NULL, false };
