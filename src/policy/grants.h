/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API's ReferenceGrant, decided in code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "api/reference_grant.h"

/* Names, groups and namespaces of the tenant's own cluster, defaults filled in: the core group is
 * "", an absent namespace the referrer's. */
struct reference {
	const char *from_group, *from_kind, *from_namespace;
	const char *to_group, *to_kind, *to_namespace, *to_name;
};

/* Is the reference permitted: within one namespace, or by one grant of the target's namespace that
 * names both sides? Exact and case-sensitive; an absent name in `to` means any, an empty one none;
 * a reference whose namespaces are not known is not. (Gateway API ReferenceGrant) */
bool grants_allow(const struct reference_grant *grants, size_t count,
		  const struct reference *reference);

/* The grants of one referrer, for as many references as it may have: each is looked up at once. */
struct grant_index;
struct arena;

/* What the grants let references of this referrer reach. In the arena; borrows the grants' texts. */
struct grant_index *grant_index_new(struct arena *arena, const struct reference_grant *grants,
				    size_t count, const struct reference *from);

/* The same answer as grants_allow() gives, for a reference of that referrer. */
bool grant_index_allows(const struct grant_index *index, const struct reference *reference);
