/* SPDX-License-Identifier: Apache-2.0 */
/* Step 3: may the caller write there, and is the object's identity what it says? */
#include <stdint.h>
#include <string.h>

#include "admission/steps.h"
#include "api/format.h"
#include "api/metadata.h"
#include "base/arena.h"
#include "base/str.h"

#define GENERATED_SUFFIX 5 /* characters that the API server adds to generateName */

static bool is_tenant_kind(enum kind kind)
{
	return kind_info(kind)->ours && kind != KIND_TENANT && kind != KIND_CONFIG;
}

static bool find_handler(struct admission *admission)
{
	const struct path path = path_key(NULL, "kind");

	for (const struct admission_handler *h = admission->config->handlers; h->kind; h++)
		if (h->kind == admission->kind)
			admission->handler = h;
	if (!admission->handler)
		problems_add(&admission->problems, "API001", PROBLEM_NOT_SUPPORTED, &path,
			     json_text(admission->original, "kind"),
			     "must be LoadBalancer, Route, Addresses, SyncSecret, Tenant or Config "
			     "of kubelb.k8c.io/v1alpha1");
	return admission->handler != NULL;
}

/* Told where the mistake is: in the request, or in the file that somebody wrote. */
static void forbid_namespace(struct admission *admission)
{
	const struct path user = path_key(NULL, "user"), metadata = path_key(NULL, "metadata");
	const struct path namespace = path_key(&metadata, "namespace");

	if (admission->namespace_written)
		admission_forbid(admission, &namespace, admission->namespace,
				 arena_printf(admission->arena,
					      "must be absent or the tenant's own namespace, %s",
					      admission->caller_namespace));
	else
		admission_forbid(admission, &user, admission->user,
				 arena_printf(admission->arena,
					      "may not write in this namespace; its own is %s",
					      admission->caller_namespace));
}

static bool check_writer(struct admission *admission)
{
	const struct path kind = path_key(NULL, "kind");

	if (admission->caller != CALLER_TENANT)
		return true;
	if (!is_tenant_kind(admission->kind)) {
		admission_forbid(admission, &kind, kind_info(admission->kind)->kind,
				 "only an operator writes it; a tenant writes LoadBalancer, Route, "
				 "Addresses and SyncSecret");
		return false;
	}
	if (!*admission->namespace && admission->original)
		admission->namespace = admission->caller_namespace;
	if (str_equal(admission->caller_namespace, admission->namespace))
		return true;
	forbid_namespace(admission);
	/* What else is wrong with a new object is judged as if it lay where it belongs. */
	admission->namespace = admission->caller_namespace;
	return admission->operation == OPERATION_CREATE;
}

static bool check_namespace(struct admission *admission)
{
	const struct path metadata = path_key(NULL, "metadata");
	const struct path path = path_key(&metadata, "namespace");

	if (is_tenant_kind(admission->kind) && !tenant_of_namespace(admission->namespace)) {
		problems_add(&admission->problems, "ID001", PROBLEM_INVALID, &path,
			     admission->namespace, "must be a tenant's namespace: tenant-<name>");
		return false;
	}
	return true;
}

/* The object but for what a write of its status may change. */
static json_t *without_status(struct arena *arena, const json_t *object)
{
	json_t *copy = json_deep_copy(object);

	json_object_del(copy, "status");
	json_object_del(json_object_get(copy, "metadata"), "managedFields");
	json_object_del(json_object_get(copy, "metadata"), "resourceVersion");
	return json_adopt(arena, copy);
}

static bool is_known_subresource(struct admission *admission)
{
	const struct path path = path_key(NULL, "subResource");

	if (!*admission->subresource || str_equal(admission->subresource, "status"))
		return true;
	admission_refuse_subresource(admission, &path);
	return false;
}

/* Whoever could write a status could make the hub believe what it never decided; so no field of one is a
 * tenant's. With the status nothing else is written. */
static enum step_result judge_status(struct admission *admission)
{
	const struct path status = path_key(NULL, "status"), spec = path_key(NULL, "spec");

	if (admission->caller != CALLER_TENANT)
		return STEP_DECIDED;
	if (!json_equal(json_object_get(admission->original, "status"),
			json_object_get(admission->old_object, "status")))
		problems_add(&admission->problems, "ST001", PROBLEM_FORBIDDEN, &status, NULL,
			     "only the hub writes it");
	if (!json_equal(without_status(admission->arena, admission->original),
			without_status(admission->arena, admission->old_object)))
		problems_add(&admission->problems, "ST001", PROBLEM_FORBIDDEN, &spec, NULL,
			     "must stay as it is where the status is written");
	return STEP_DECIDED;
}

static void check_name(struct admission *admission, const struct metadata *metadata)
{
	const struct path parent = path_key(NULL, "metadata");
	const struct path name = path_key(&parent, "name");
	const struct path generate = path_key(&parent, "generateName");
	const char *prefix = metadata->generate_name;

	if (!str_is_empty(metadata->name))
		return;
	if (str_is_empty(prefix)) {
		problems_add(&admission->problems, "ID001", PROBLEM_REQUIRED, &name, NULL,
			     "must be set");
		return;
	}
	/* As it may come out: the prefix, and five characters behind it. */
	if (strlen(prefix) <= 63 - GENERATED_SUFFIX &&
	    format_dns_subdomain.fits(arena_printf(admission->arena, "%sxxxxx", prefix)))
		return;
	problems_add(&admission->problems, "ID001", PROBLEM_INVALID, &generate, prefix,
		     "must be the beginning of a DNS name, at most %d characters",
		     63 - GENERATED_SUFFIX);
}

static void check_label(struct admission *admission, const struct path *labels, const char *key,
			const char *value, const char *old)
{
	const struct path path = path_key(labels, key);

	if (str_equal(key, LABEL_TENANT)) {
		if (value && !str_equal(value, admission->namespace))
			admission_forbid(admission, &path, value,
					 "reserved; must be absent or the tenant's namespace");
		return;
	}
	if (str_equal(key, LABEL_LB_NAME) || str_equal(key, LABEL_LB_NAMESPACE)) {
		if (value)
			admission_forbid(admission, &path, value,
					 "reserved for the hub; remove it");
		return;
	}
	if (admission->operation == OPERATION_UPDATE && !str_equal(value, old))
		admission_forbid(admission, &path, value,
				 "says where the object comes from; must stay as it was created");
}

static void check_labels(struct admission *admission, const struct metadata *metadata,
			 const struct metadata *old)
{
	static const char *const reserved[] = { LABEL_TENANT,		LABEL_ORIGIN_NAME,
						LABEL_ORIGIN_NAMESPACE, LABEL_ORIGIN_KIND,
						LABEL_LB_NAME,		LABEL_LB_NAMESPACE };
	const struct path parent = path_key(NULL, "metadata");
	const struct path labels = path_key(&parent, "labels");

	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		check_label(admission, &labels, reserved[i],
			    string_map_get(&metadata->labels, reserved[i]),
			    string_map_get(&old->labels, reserved[i]));
}

static bool has_finalizer(const struct metadata *metadata, const char *finalizer)
{
	for (size_t i = 0; i < metadata->finalizers.count; i++)
		if (str_equal(metadata->finalizers.items[i], finalizer))
			return true;
	return false;
}

/* A foreign finalizer would keep a namespace from ever going; removing ours would leave what the hub
 * made of the object. */
static void check_finalizers(struct admission *admission, const struct metadata *metadata,
			     const struct metadata *old)
{
	static const char *const known[] = { "foregroundDeletion",    "orphan",
					     FINALIZER_CLEANUP,	      FINALIZER_CLEANUP_HOSTNAME,
					     FINALIZER_CLEANUP_PROXY, NULL };
	const struct path parent = path_key(NULL, "metadata");
	const struct path path = path_key(&parent, "finalizers");

	for (size_t i = 0; i < metadata->finalizers.count; i++) {
		const struct path item = path_index(&path, i);
		const char *finalizer = metadata->finalizers.items[i];

		if (!str_in(finalizer, known) && !has_finalizer(old, finalizer))
			admission_forbid(
				admission, &item, finalizer,
				"must be one that the hub takes away, foregroundDeletion or "
				"orphan");
	}
	for (size_t i = 0; i < old->finalizers.count; i++)
		if (str_has_prefix(old->finalizers.items[i], LABEL_PREFIX) &&
		    !has_finalizer(metadata, old->finalizers.items[i]))
			admission_forbid(admission, &path, old->finalizers.items[i],
					 "may be removed by the hub alone; put it back");
}

/* Garbage collection follows owners: only objects of the tenant's own namespace may be some. */
static void check_owners(struct admission *admission, const struct metadata *metadata)
{
	const struct path parent = path_key(NULL, "metadata");
	const struct path path = path_key(&parent, "ownerReferences");
	const json_t *owner;
	size_t i;

	json_array_foreach(metadata->owner_references, i, owner) {
		const struct path item = path_index(&path, i);

		if (!is_tenant_kind(kind_of(owner)))
			admission_forbid(admission, &item, json_text(owner, "kind"),
					 "must be a LoadBalancer, Route, Addresses or SyncSecret "
					 "of this namespace");
	}
}

static const struct metadata *read_metadata(struct arena *arena, const json_t *object)
{
	/* Its problems are told by the step that validates. */
	struct problems untold = { .arena = arena };

	return shape_decode(&metadata_shape, json_object_get(object, "metadata"), UNKNOWN_IGNORED,
			    NULL, &untold);
}

enum step_result step_scope(struct admission *admission)
{
	const struct metadata *metadata, *old;

	if (!find_handler(admission) || !check_writer(admission) || !check_namespace(admission))
		return STEP_DECIDED;
	if (!is_known_subresource(admission) || admission->operation == OPERATION_DELETE)
		return STEP_DECIDED;
	if (*admission->subresource)
		return judge_status(admission);
	admission->tenant = policy_tenant(admission->config->policy, admission->namespace);
	metadata = read_metadata(admission->arena, admission->original);
	old = read_metadata(admission->arena, admission->old_object);
	check_name(admission, metadata);
	if (!is_tenant_kind(admission->kind))
		return STEP_NEXT;
	check_labels(admission, metadata, old);
	if (admission->caller != CALLER_TENANT)
		return STEP_NEXT;
	check_finalizers(admission, metadata, old);
	check_owners(admission, metadata);
	return STEP_NEXT;
}
