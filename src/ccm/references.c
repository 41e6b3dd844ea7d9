/* SPDX-License-Identifier: Apache-2.0 */
/* What one layer 7 object refers to: judged, replaced, collected. */
#include "ccm/references.h"

#include <stdlib.h>
#include <string.h>

#include "api/format.h"
#include "api/gateway.h"
#include "base/arena.h"
#include "base/str.h"
#include "ccm/forward_service.h"

void references_init(struct references *references, struct forwarding *pass,
		     const struct origin *from)
{
	*references = (struct references){ .pass = pass, .from = from };
}

void references_done(struct references *references)
{
	HASH_CLEAR(hh, references->services);
}

static const char *text_or(const json_t *object, const char *key, const char *absent)
{
	const char *text = json_text(object, key);

	return text ? text : absent;
}

static void use_grant(struct references *references, const struct origin *grant)
{
	for (size_t i = 0; i < references->grants.count; i++)
		if (references->grants.items[i] == grant)
			return;
	LIST_APPEND(references->pass->arena, &references->grants, grant);
}

/* Every grant that permits it goes along, so that the order of the inputs does not show. */
static bool permitted(struct references *references, const struct reference *reference)
{
	struct grants_of *grants;
	bool any = false;

	if (str_equal(reference->from_namespace, reference->to_namespace))
		return true;
	HASH_FIND_STR(references->pass->by_namespace, reference->to_namespace, grants);
	for (size_t i = 0; grants && i < grants->grants.count; i++)
		if (grants_allow(&grants->grants.items[i], 1, reference)) {
			use_grant(references, grants->origins.items[i]);
			any = true;
		}
	return any;
}

static struct reference reference_of(const struct references *references, const json_t *ref,
				     const char *kind)
{
	const struct kind_info *from = kind_info(references->from->kind);

	return (struct reference){
		.from_group = from->group,
		.from_kind = from->kind,
		.from_namespace = references->from->namespace,
		.to_group = text_or(ref, "group", ""),
		.to_kind = text_or(ref, "kind", kind),
		.to_namespace = text_or(ref, "namespace", references->from->namespace),
		.to_name = text_or(ref, "name", ""),
	};
}

/* What is left names no namespace: the hub answers 500 for its share and learns nothing more. */
static void replace(json_t *ref)
{
	json_t *name = json_incref(json_object_get(ref, "name"));
	json_t *weight = json_incref(json_object_get(ref, "weight"));

	json_object_clear(ref);
	json_object_set_new(ref, "group", json_string(KUBELB_GROUP));
	json_object_set_new(ref, "kind", json_string(KIND_REF_NOT_PERMITTED));
	if (name)
		json_object_set_new(ref, "name", name);
	if (weight)
		json_object_set_new(ref, "weight", weight);
}

/* The reference as judged; false: it was replaced. */
static bool judge(struct references *references, json_t *ref, const char *kind,
		  const struct path *path, struct reference *ret)
{
	struct arena *arena = references->pass->arena;

	*ret = reference_of(references, ref, kind);
	/* What is no namespace the chain refuses, and says so. */
	if (permitted(references, ret) || !format_dns_label.fits(ret->to_namespace))
		return true;
	forwarding_warn(
		references->pass, references->from, path,
		"no ReferenceGrant in namespace %s permits a reference from %s in %s to %s %s",
		problem_quote(arena, ret->to_namespace), ret->from_kind,
		problem_quote(arena, ret->from_namespace), problem_quote(arena, ret->to_kind),
		problem_quote(arena, ret->to_name));
	replace(ref);
	return false;
}

static void use_service(struct references *references, const char *namespace, const char *name,
			const struct path *path)
{
	struct forwarding *pass = references->pass;
	const struct origin *service = forwarding_find(pass, KIND_SERVICE, namespace, name);
	struct used_service *used;

	if (!service || !service_is_backend(service)) {
		forwarding_warn(pass, references->from, path, "Service %s in namespace %s %s",
				problem_quote(pass->arena, name),
				problem_quote(pass->arena, namespace),
				service ? "has no nodePort" : "is not here");
		return;
	}
	HASH_FIND_PTR(references->services, &service, used);
	if (used)
		return;
	used = ARENA_NEW(pass->arena, struct used_service);
	used->service = service;
	used->field = path_text(pass->arena, path);
	HASH_ADD_PTR(references->services, service, used);
}

void references_service(struct references *references, const char *name, const struct path *path)
{
	if (name)
		use_service(references, references->from->namespace, name, path);
}

void references_backend(struct references *references, json_t *ref, const struct path *path)
{
	struct reference reference;

	if (!json_is_object(ref) || !judge(references, ref, "Service", path, &reference))
		return;
	if (!*reference.to_group && str_equal(reference.to_kind, "Service"))
		use_service(references, reference.to_namespace, reference.to_name, path);
}

static void use_secret(struct references *references, const char *namespace, const char *name,
		       const struct path *path)
{
	struct forwarding *pass = references->pass;
	struct origin *secret = forwarding_find(pass, KIND_SECRET, namespace, name);

	if (secret)
		secret->wanted = true;
	else
		forwarding_warn(
			pass, references->from, path, "Secret %s in namespace %s is not here",
			problem_quote(pass->arena, name), problem_quote(pass->arena, namespace));
}

void references_certificate(struct references *references, json_t *ref, const char *kind, bool send,
			    const struct path *path)
{
	struct reference reference;

	if (!json_is_object(ref) || !judge(references, ref, kind, path, &reference))
		return;
	if (send && !*reference.to_group && str_equal(reference.to_kind, "Secret"))
		use_secret(references, reference.to_namespace, reference.to_name, path);
}

void references_secret(struct references *references, const char *name, const struct path *path)
{
	if (!str_is_empty(name))
		use_secret(references, references->from->namespace, name, path);
}

static int origin_compare(const struct origin *a, const struct origin *b)
{
	int order = strcmp(a->namespace, b->namespace);

	return order ? order : strcmp(a->name, b->name);
}

static int used_compare(struct used_service *a, struct used_service *b)
{
	return origin_compare(a->service, b->service);
}

json_t *references_services(struct references *references, struct string_list *ret_fields)
{
	struct used_service *used, *next;
	json_t *services = NULL;

	HASH_SORT(references->services, used_compare);
	HASH_ITER(hh, references->services, used, next) {
		if (!services)
			services = json_array();
		json_array_append_new(services, service_embed(references->pass, used->service));
		LIST_APPEND(references->pass->arena, ret_fields, used->field);
	}
	return services;
}

static int grant_compare(const void *a, const void *b)
{
	const struct origin *const *x = a, *const *y = b;

	return origin_compare(*x, *y);
}

json_t *references_grants(struct references *references)
{
	json_t *grants = NULL;

	if (references->grants.count)
		qsort(references->grants.items, references->grants.count,
		      sizeof(*references->grants.items), grant_compare);
	for (size_t i = 0; i < references->grants.count; i++) {
		json_t *grant = origin_embed(references->pass, references->grants.items[i]);
		json_t *metadata = json_object_get(grant, "metadata");

		/* The rest of its metadata decides nothing. */
		json_object_clear(metadata);
		json_put_text(metadata, "name", references->grants.items[i]->name);
		json_put_text(metadata, "namespace", references->grants.items[i]->namespace);
		if (!grants)
			grants = json_array();
		json_array_append_new(grants, grant);
	}
	return grants;
}
