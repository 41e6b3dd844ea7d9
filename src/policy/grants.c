/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API's ReferenceGrant, decided in code. */
#include "policy/grants.h"

#include "base/str.h"

static bool from_matches(const struct reference_grant *grant, const struct reference *reference)
{
	for (size_t i = 0; i < grant->from.count; i++) {
		const struct grant_from *from = &grant->from.items[i];

		if (str_equal(from->group, reference->from_group) &&
		    str_equal(from->kind, reference->from_kind) &&
		    str_equal(from->namespace, reference->from_namespace))
			return true;
	}
	return false;
}

static bool to_matches(const struct reference_grant *grant, const struct reference *reference)
{
	for (size_t i = 0; i < grant->to.count; i++) {
		const struct grant_to *to = &grant->to.items[i];

		if (str_equal(to->group, reference->to_group) &&
		    str_equal(to->kind, reference->to_kind) &&
		    (!to->name || str_equal(to->name, reference->to_name)))
			return true;
	}
	return false;
}

bool grants_allow(const struct reference_grant *grants, size_t count,
		  const struct reference *reference)
{
	if (!reference->from_namespace || !reference->to_namespace)
		return false;
	if (str_equal(reference->from_namespace, reference->to_namespace))
		return true;
	for (size_t i = 0; i < count; i++) {
		const char *namespace = grants[i].header.metadata.namespace;

		/* The namespace of a grant that says none is the one that kubectl would use. */
		if (str_equal(namespace ? namespace : "default", reference->to_namespace) &&
		    from_matches(&grants[i], reference) && to_matches(&grants[i], reference))
			return true;
	}
	return false;
}
