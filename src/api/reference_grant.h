/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API ReferenceGrant: the target's namespace lets references of others in. */
#pragma once

#include "api/metadata.h"

struct grant_from {
	const char *group, *kind, *namespace;
};

struct grant_to {
	const char *group, *kind;
	const char *name; /* NULL: any */
};

struct reference_grant {
	struct object_header header;
	LIST_OF(struct grant_from) from;
	LIST_OF(struct grant_to) to;
};

extern const struct shape reference_grant_shape;
