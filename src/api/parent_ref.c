/* SPDX-License-Identifier: Apache-2.0 */
/* What a route of Gateway API attaches to, and what it sends traffic to. */
#include "api/parent_ref.h"

#include "api/format.h"
#include "api/gateway.h"
#include "base/str.h"

const char *const default_gateway_scopes[] = { "All", "None", NULL };

static const struct shape_field parent_ref_fields[] = {
	FIELD(struct parent_ref, "group", group, SHAPE_STRING, .format = &format_group),
	FIELD(struct parent_ref, "kind", kind, SHAPE_STRING, .format = &format_kind),
	FIELD(struct parent_ref, "namespace", namespace, SHAPE_STRING, .format = &format_dns_label),
	FIELD(struct parent_ref, "name", name, SHAPE_STRING, .required = true, .min = 1,
	      .max = 253),
	FIELD(struct parent_ref, "sectionName", section_name, SHAPE_STRING,
	      .format = &format_dns_subdomain),
	FIELD(struct parent_ref, "port", port, SHAPE_INT, .min = 1, .max = 65535),
	{ 0 },
};
const struct shape parent_ref_shape = { sizeof(struct parent_ref), parent_ref_fields, NULL, false };

static bool same_text(const char *a, const char *b)
{
	return a ? str_equal(a, b) : !b;
}

static bool same_parent(const struct parent_ref *a, const struct parent_ref *b)
{
	return str_equal(a->group ? a->group : GATEWAY_GROUP,
			 b->group ? b->group : GATEWAY_GROUP) &&
	       str_equal(a->kind ? a->kind : "Gateway", b->kind ? b->kind : "Gateway") &&
	       str_equal(a->name, b->name) && same_text(a->namespace, b->namespace);
}

/* Two references to one parent name its listeners in the same way, and different ones. */
static bool told_apart(const struct parent_ref *a, const struct parent_ref *b)
{
	if (!a->section_name != !b->section_name || !a->port != !b->port)
		return false;
	return !same_text(a->section_name, b->section_name) || a->port != b->port;
}

void parent_refs_check(const void *items, size_t count, const struct path *path,
		       struct problems *problems)
{
	const struct parent_ref *parents = items;

	for (size_t i = 0; i < count; i++) {
		struct path at = path_index(path, i);

		for (size_t j = 0; parents[i].name && j < i; j++)
			if (same_parent(&parents[i], &parents[j]) &&
			    !told_apart(&parents[i], &parents[j])) {
				problems_add(problems, "API001", PROBLEM_DUPLICATE, &at,
					     parents[i].name,
					     "references to one parent must each set sectionName "
					     "or port, and differ in it");
				break;
			}
	}
}

void object_ref_check(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct object_ref *ref = decoded;
	struct path port = path_key(path, "port");

	if (str_is_empty(ref->group) && (!ref->kind || str_equal(ref->kind, "Service")) &&
	    !ref->port)
		problems_add(problems, "API001", PROBLEM_REQUIRED, &port, NULL,
			     "must be set for a Service");
}
