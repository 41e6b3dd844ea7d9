/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API's ReferenceGrant, decided in code. */
#include "policy/grants.h"

#include <string.h>
#include <uthash.h>

#include "base/arena.h"
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

/* The namespace of a grant that says none is the one that kubectl would use. */
static const char *grant_namespace(const struct reference_grant *grant)
{
	return grant->header.metadata.namespace ? grant->header.metadata.namespace : "default";
}

bool grants_allow(const struct reference_grant *grants, size_t count,
		  const struct reference *reference)
{
	if (!reference->from_namespace || !reference->to_namespace)
		return false;
	if (str_equal(reference->from_namespace, reference->to_namespace))
		return true;
	for (size_t i = 0; i < count; i++)
		if (str_equal(grant_namespace(&grants[i]), reference->to_namespace) &&
		    from_matches(&grants[i], reference) && to_matches(&grants[i], reference))
			return true;
	return false;
}

/* A target, or with no name all of a kind in a namespace. */
struct target {
	UT_hash_handle hh;
	size_t length;
	char key[]; /* texts with a NUL behind each: namespace, group, kind and perhaps name */
};

struct grant_index {
	struct target *targets;
};

static void release_index(void *memory)
{
	struct grant_index *index = memory;

	HASH_CLEAR(hh, index->targets);
}

static struct target *target_new(struct arena *arena, const char *namespace, const char *group,
				 const char *kind, const char *name)
{
	const char *const texts[] = { namespace, group, kind, name };
	size_t length = 0, count = name ? 4 : 3;
	struct target *target;

	for (size_t i = 0; i < count; i++)
		length += strlen(texts[i]) + 1;
	target = arena_alloc(arena, 1, sizeof(*target) + length);
	for (size_t i = 0; i < count; i++) {
		memcpy(target->key + target->length, texts[i], strlen(texts[i]) + 1);
		target->length += strlen(texts[i]) + 1;
	}
	return target;
}

static bool has_target(const struct grant_index *index, const struct target *wanted)
{
	struct target *found;

	HASH_FIND(hh, index->targets, wanted->key, wanted->length, found);
	return found != NULL;
}

static void add_targets(struct grant_index *index, struct arena *arena,
			const struct reference_grant *grant)
{
	for (size_t i = 0; i < grant->to.count; i++) {
		const struct grant_to *to = &grant->to.items[i];
		struct target *target;

		if (!to->group || !to->kind)
			continue;
		target = target_new(arena, grant_namespace(grant), to->group, to->kind, to->name);
		if (!has_target(index, target))
			HASH_ADD(hh, index->targets, key, target->length, target);
	}
}

struct grant_index *grant_index_new(struct arena *arena, const struct reference_grant *grants,
				    size_t count, const struct reference *from)
{
	struct grant_index *index = ARENA_NEW(arena, struct grant_index);

	arena_adopt(arena, index, release_index);
	for (size_t i = 0; from->from_namespace && i < count; i++)
		if (from_matches(&grants[i], from))
			add_targets(index, arena, &grants[i]);
	return index;
}

bool grant_index_allows(const struct grant_index *index, const struct reference *reference)
{
	CLEANUP(arena_free) struct arena *arena = NULL;

	if (!reference->from_namespace || !reference->to_namespace)
		return false;
	if (str_equal(reference->from_namespace, reference->to_namespace))
		return true;
	if (!index->targets || !reference->to_name)
		return false;
	arena = arena_new();
	return has_target(index, target_new(arena, reference->to_namespace, reference->to_group,
					    reference->to_kind, NULL)) ||
	       has_target(index, target_new(arena, reference->to_namespace, reference->to_group,
					    reference->to_kind, reference->to_name));
}
