/* SPDX-License-Identifier: Apache-2.0 */
/* One pass of forward(): identities, names on the hub, and the frame of a hub object. */
#include "ccm/forwarding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/format.h"
#include "api/ingress.h"
#include "base/arena.h"
#include "base/str.h"
#include "net/digest.h"

#define LABEL_VALUE_MAX 63
#define WARNINGS_MAX 256
/* Hex digits of SHA-256 in a name. */
#define HASH_LENGTH 32
#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

static const char *identity(struct arena *arena, enum kind kind, const char *namespace,
			    const char *name)
{
	return arena_printf(arena, "%d/%s/%s", (int)kind, namespace, name);
}

static void init_origin(struct origin *origin, const struct forward_input *input, size_t index)
{
	const char *namespace = json_text(json_object_get(input->object, "metadata"), "namespace");
	const char *name = json_text(json_object_get(input->object, "metadata"), "name");

	*origin = (struct origin){
		.index = index,
		.kind = input->kind,
		.object = input->object,
		.metadata = json_object_get(input->object, "metadata"),
		.spec = json_object_get(input->object, "spec"),
		.namespace = str_is_empty(namespace) ? "default" : namespace,
		.name = name ? name : "",
	};
	if (kind_info(input->kind)->cluster_scoped)
		origin->namespace = "";
}

/* What a hub object made of this kind is named after, where it has no uid. */
static const char *name_prefix(enum kind kind)
{
	switch ((int)kind) {
	case KIND_SERVICE:
		return "svc";
	case KIND_INGRESS:
		return "ing";
	case KIND_GATEWAY:
		return "gw";
	case KIND_HTTP_ROUTE:
		return "http";
	case KIND_GRPC_ROUTE:
		return "grpc";
	case KIND_SECRET:
		return "secret";
	}
	return "object";
}

struct uid {
	const char *text;
	unsigned origins;
	UT_hash_handle hh;
};

static struct uid *uid_find(struct uid *uids, const char *text)
{
	struct uid *uid = NULL;

	if (text)
		HASH_FIND_STR(uids, text, uid);
	return uid;
}

/* The uid names it, as long as it is one and its own: in files it may have been copied. */
static void name_origins(struct forwarding *pass)
{
	struct uid *uids = NULL, *uid;

	for (size_t i = 0; i < pass->count; i++) {
		const char *text = json_text(pass->origins[i].metadata, "uid");

		uid = uid_find(uids, text);
		if (!text || !format_dns_label.fits(text))
			continue;
		if (!uid) {
			uid = ARENA_NEW(pass->arena, struct uid);
			uid->text = text;
			HASH_ADD_KEYPTR(hh, uids, uid->text, strlen(uid->text), uid);
		}
		uid->origins++;
	}
	for (size_t i = 0; i < pass->count; i++) {
		struct origin *origin = &pass->origins[i];
		char digest[DIGEST_HEX_SIZE];

		uid = uid_find(uids, json_text(origin->metadata, "uid"));
		if (uid && uid->origins == 1) {
			origin->hub_name = uid->text;
			continue;
		}
		digest_parts(digest, kind_info(origin->kind)->kind, origin->namespace, origin->name,
			     NULL);
		origin->hub_name = arena_printf(pass->arena, "%s-%.*s", name_prefix(origin->kind),
						HASH_LENGTH, digest);
	}
	HASH_CLEAR(hh, uids);
}

static struct grants_of *grants_into(struct forwarding *pass, const char *namespace)
{
	struct grants_of *grants;

	HASH_FIND_STR(pass->by_namespace, namespace, grants);
	if (grants)
		return grants;
	grants = ARENA_NEW(pass->arena, struct grants_of);
	grants->namespace = namespace;
	HASH_ADD_KEYPTR(hh, pass->by_namespace, grants->namespace, strlen(grants->namespace),
			grants);
	return grants;
}

static void index_grant(struct forwarding *pass, struct origin *origin)
{
	struct problems problems = { .arena = pass->arena };
	const struct reference_grant *grant = shape_decode(&reference_grant_shape, origin->object,
							   UNKNOWN_IGNORED, NULL, &problems);
	struct grants_of *grants;

	/* What cannot be read permits nothing. */
	if (problems.count) {
		forwarding_warn(pass, origin, NULL, "it permits nothing: %s: %s",
				problems.items[0].field, problems.items[0].message);
		return;
	}
	grants = grants_into(pass, origin->namespace);
	LIST_APPEND(pass->arena, &grants->grants, *grant);
	LIST_APPEND(pass->arena, &grants->origins, origin);
}

void forwarding_init(struct forwarding *pass, const struct forward_options *options,
		     const struct forward_input *inputs, size_t count, struct arena *arena,
		     struct forward_outcome *outcomes, struct forward_list *list)
{
	*pass = (struct forwarding){ .options = options,
				     .arena = arena,
				     .origins = arena_alloc(arena, count, sizeof(struct origin)),
				     .count = count,
				     .outcomes = outcomes,
				     .list = list };
	for (size_t i = 0; i < count; i++) {
		struct origin *origin = &pass->origins[i], *known;
		const char *key;

		outcomes[i] = (struct forward_outcome){ .result = FORWARD_CARRIED };
		init_origin(origin, &inputs[i], i);
		key = identity(arena, origin->kind, origin->namespace, origin->name);
		HASH_FIND_STR(pass->by_identity, key, known);
		if (!known)
			HASH_ADD_KEYPTR(hh, pass->by_identity, key, strlen(key), origin);
		if (origin->kind == KIND_REFERENCE_GRANT)
			index_grant(pass, origin);
	}
	name_origins(pass);
}

void forwarding_done(struct forwarding *pass)
{
	HASH_CLEAR(hh, pass->by_identity);
	HASH_CLEAR(hh, pass->by_namespace);
}

struct origin *forwarding_find(const struct forwarding *pass, enum kind kind, const char *namespace,
			       const char *name)
{
	const char *key = identity(pass->arena, kind, namespace, name);
	struct origin *origin;

	HASH_FIND_STR(pass->by_identity, key, origin);
	return origin;
}

void forwarding_ignore(struct forwarding *pass, const struct origin *origin, const char *format,
		       ...)
{
	struct forward_outcome *outcome = &pass->outcomes[origin->index];
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	outcome->result = FORWARD_IGNORED;
	outcome->warnings.count = 0;
	outcome->reason = arena_strdup(pass->arena, text);
}

void forwarding_warn(struct forwarding *pass, const struct origin *origin, const struct path *path,
		     const char *format, ...)
{
	struct forward_outcome *outcome = &pass->outcomes[origin->index];
	char text[512];
	va_list args;

	if (outcome->warnings.count >= WARNINGS_MAX)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	LIST_APPEND(pass->arena, &outcome->warnings,
		    path ? arena_printf(pass->arena, "%s: %s", path_text(pass->arena, path), text)
			 : arena_strdup(pass->arena, text));
}

static void json_release(void *json)
{
	json_decref(json);
}

/* "Ingress.networking.k8s.io", of a core kind "Service". */
static json_t *origin_kind_label(const struct origin *origin)
{
	const struct kind_info *info = kind_info(origin->kind);

	return json_sprintf("%s%s%s", info->kind, *info->group ? "." : "", info->group);
}

json_t *origin_annotations(const struct origin *origin)
{
	json_t *annotations = json_object(), *value;
	const char *key;

	json_object_foreach(json_object_get(origin->metadata, "annotations"), key, value)
		if (str_has_prefix(key, LABEL_PREFIX) && !str_equal(key, ANNOTATION_ORIGIN))
			json_object_set_new(annotations, key, json_deep_copy(value));
	if (strlen(origin->name) > LABEL_VALUE_MAX)
		json_object_set_new(annotations, ANNOTATION_ORIGIN,
				    json_sprintf("%s/%s", origin->namespace, origin->name));
	if (json_object_size(annotations))
		return annotations;
	json_decref(annotations);
	return NULL;
}

static json_t *hub_metadata(const struct forwarding *pass, const struct origin *origin)
{
	json_t *metadata = json_object(), *labels = json_object(), *annotations;

	json_put_text(metadata, "name", origin->hub_name);
	json_object_set_new(metadata, "namespace",
			    json_sprintf(TENANT_NAMESPACE_PREFIX "%s", pass->options->tenant));
	json_put_text(labels, LABEL_ORIGIN_NAMESPACE, origin->namespace);
	if (strlen(origin->name) <= LABEL_VALUE_MAX)
		json_put_text(labels, LABEL_ORIGIN_NAME, origin->name);
	json_object_set_new(labels, LABEL_ORIGIN_KIND, origin_kind_label(origin));
	json_object_set_new(metadata, "labels", labels);
	annotations = origin_annotations(origin);
	if (annotations)
		json_object_set_new(metadata, "annotations", annotations);
	return metadata;
}

struct forwarded *forwarding_send(struct forwarding *pass, const struct origin *origin,
				  enum kind kind, json_t *spec)
{
	json_t *object = json_object();

	json_put_text(object, "apiVersion", kind_api_version(pass->arena, kind));
	json_put_text(object, "kind", kind_info(kind)->kind);
	json_object_set_new(object, "metadata", hub_metadata(pass, origin));
	if (spec)
		json_object_set_new(object, "spec", spec);
	arena_adopt(pass->arena, object, json_release);
	pass->outcomes[origin->index].result = FORWARD_SENT;
	LIST_APPEND(pass->arena, pass->list,
		    (struct forwarded){ .kind = kind, .origin = origin->index, .object = object });
	return &pass->list->items[pass->list->count - 1];
}

json_t *origin_embed(struct forwarding *pass, const struct origin *origin)
{
	static const char *const kept[] = { "labels",	  "annotations", "uid", "creationTimestamp",
					    "generation", NULL };
	json_t *object = json_object(), *metadata = json_object();

	json_object_set(object, "apiVersion", json_object_get(origin->object, "apiVersion"));
	json_object_set(object, "kind", json_object_get(origin->object, "kind"));
	json_put_text(metadata, "name", origin->name);
	json_put_text(metadata, "namespace", origin->namespace);
	for (const char *const *key = kept; *key; key++)
		if (json_has(origin->metadata, *key))
			json_object_set_new(
				metadata, *key,
				json_deep_copy(json_object_get(origin->metadata, *key)));
	/* The whole object once more, as text. */
	json_object_del(json_object_get(metadata, "annotations"), LAST_APPLIED);
	json_object_set_new(object, "metadata", metadata);
	if (origin->spec)
		json_object_set_new(object, "spec", json_deep_copy(origin->spec));
	if (origin->kind == KIND_INGRESS)
		ingress_upgrade(object);
	else
		json_put_text(object, "apiVersion", kind_api_version(pass->arena, origin->kind));
	return object;
}
