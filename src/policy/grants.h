/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API's ReferenceGrant, decided in code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "api/reference_grant.h"

struct reference {
	const char *from_group, *from_kind, *from_namespace;
	const char *to_group, *to_kind, *to_namespace, *to_name;
};

/* Is the reference permitted: within one namespace, or by one grant of the target's namespace that
 * names both sides? (Gateway API ReferenceGrant) */
bool grants_allow(const struct reference_grant *grants, size_t count,
		  const struct reference *reference);
