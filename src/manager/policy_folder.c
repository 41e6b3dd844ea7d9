/* SPDX-License-Identifier: Apache-2.0 */
/* A folder as the guard's policy. */
#include "manager/policy_folder.h"

#include <time.h>

#include "api/metadata.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "manager/operator.h"
#include "source/folder.h"

struct policy_folder {
	struct policy_folder_options options;
	struct folder *folder;
	struct operator_records *ops;
	bool operator_changed;
};

/* The objects of the tenants' folders on their way into the inventory. */
struct collection {
	struct policy_folder *policy;
	struct arena *arena;
	const char *namespace; /* of the tenant whose folder is read */
	LIST_OF(json_t *) objects;
	size_t refused;
};

static void refuse(struct collection *collection, const struct folder_file *file, unsigned line,
		   const char *field, const char *why)
{
	collection->refused++;
	log_warning("%s:%u: %s%s%s; the object does not count", file->path, line, field,
		    *field ? ": " : "", why);
}

/* Does the object lie where it says it does? Says where it lies, if it does not. */
static bool place(struct collection *collection, json_t *object)
{
	json_t *metadata = json_object_get(object, "metadata");
	const char *namespace = json_text(metadata, "namespace");

	if (!namespace && json_is_object(metadata))
		json_object_set_new(metadata, "namespace", json_string(collection->namespace));
	return !namespace || str_equal(namespace, collection->namespace);
}

/* What the chain would not admit has no traffic, so it holds no host and fills no quota. */
static void judge(struct collection *collection, const struct folder_file *file, unsigned line,
		  json_t *object)
{
	static const char *const groups[] = { "system:masters", NULL };
	const struct admission_config config = {
		.handlers = collection->policy->options.handlers,
		.policy = operator_records_policy(collection->policy->ops),
		.operator_groups = groups,
	};
	const struct admission_request request = {
		.operation = OPERATION_CREATE,
		.user = "kubelb:inventory",
		.groups = groups,
		.object = object,
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct verdict verdict = { 0 };

	admission_decide(&config, &request, arena, &verdict);
	if (verdict.allowed)
		LIST_APPEND(collection->arena, &collection->objects,
			    json_adopt(collection->arena, verdict.object));
	else
		json_decref(verdict.object);
	for (size_t i = 0; i < verdict.problems.count && i < 1; i++)
		refuse(collection, file, line, verdict.problems.items[i].field,
		       verdict.problems.items[i].message);
}

static void collect(void *context, const struct folder_file *file)
{
	struct collection *collection = context;

	if (file->error)
		log_warning("%s:%u: %s; what was read of it before counts", file->path,
			    file->error_line, file->error);
	for (size_t i = 0; i < file->count; i++) {
		CLEANUP(json_decref) json_t *object = json_of(file->documents[i].text);
		unsigned line = file->documents[i].line;
		enum kind kind = kind_of(object);

		if (!kind_info(kind)->ours || kind == KIND_TENANT || kind == KIND_CONFIG)
			refuse(collection, file, line, "kind",
			       "only a tenant's objects in the hub belong in its folder");
		else if (!place(collection, object))
			refuse(collection, file, line, "metadata.namespace",
			       "is not the namespace of the folder's tenant");
		else
			judge(collection, file, line, object);
	}
}

static void collect_tenant(void *context, const char *tenant)
{
	struct collection *collection = context;

	collection->namespace =
		arena_printf(collection->arena, TENANT_NAMESPACE_PREFIX "%s", tenant);
	folder_visit(collection->policy->folder, tenant, collect, collection);
}

static void say_refused(const struct record *record)
{
	size_t i;
	const json_t *cause;

	json_array_foreach(record->causes, i, cause)
		log_warning("policy: %s:%u: %s: %s [%s]; the last good version stays in force",
			    record->file, record->line, json_text(cause, "field"),
			    json_text(cause, "message"), json_text(cause, "rule"));
}

/* The operator's objects that are not as their files say. */
static size_t count_refused(const struct policy_folder *policy, bool say)
{
	size_t refused = 0;

	for (const struct record *record = operator_records_all(policy->ops); record;
	     record = record->hh.next) {
		if (record->result != RECORD_REFUSED)
			continue;
		refused++;
		if (say)
			say_refused(record);
	}
	return refused;
}

/* Names of the Tenants in force. */
static void list_tenants(const struct policy_folder *policy, struct arena *arena,
			 struct string_list *ret)
{
	for (const struct record *record = operator_records_all(policy->ops); record;
	     record = record->hh.next)
		if (record->kind == KIND_TENANT && record->good && !record->twin)
			LIST_APPEND(arena, ret, record->name);
}

static void publish(struct policy_folder *policy)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(inventory_unref) struct inventory *inventory = NULL;
	struct collection collection = { .policy = policy, .arena = arena };
	const struct policy_folder_options *options = &policy->options;
	struct string_list tenants = { 0 };

	folder_tenants(policy->folder, collect_tenant, &collection);
	inventory = inventory_new(collection.objects.items, collection.objects.count);
	list_tenants(policy, arena, &tenants);
	snapshot_slot_set(options->slot, snapshot_new(operator_records_policy(policy->ops),
						      inventory, tenants.items, tenants.count));
	guard_metrics_policy(options->metrics, count_refused(policy, false) + collection.refused,
			     tenants.count, collection.objects.count);
	log_info("policy '%s': %zu tenants, %zu objects", options->path, tenants.count,
		 collection.objects.count);
}

static void folder_changed(void *context, const char *tenant, bool settled)
{
	struct policy_folder *policy = context;

	if (!settled) {
		policy->operator_changed = policy->operator_changed || !tenant;
		return;
	}
	if (policy->operator_changed) {
		operator_records_run(policy->ops, policy->folder);
		count_refused(policy, true);
	}
	policy->operator_changed = false;
	publish(policy);
}

static int refuse_start(const struct policy_folder *policy, struct error *err)
{
	const struct record *record = operator_records_all(policy->ops);
	const json_t *cause;

	while (record && record->result != RECORD_REFUSED)
		record = record->hh.next;
	if (!record)
		return 0;
	cause = json_array_get(record->causes, 0);
	return error_set(err, ERROR_INVALID, "%s:%u: %s%s%s [%s]", record->file, record->line,
			 json_text(cause, "field"), *json_text(cause, "field") ? ": " : "",
			 json_text(cause, "message"), json_text(cause, "rule"));
}

int policy_folder_new(const struct policy_folder_options *options, struct policy_folder **ret,
		      struct error *err)
{
	CLEANUP(policy_folder_free) struct policy_folder *policy = memory_new(1, sizeof(*policy));
	int r;

	policy->options = *options;
	policy->ops = operator_records_new(options->handlers, NULL, 0);
	r = folder_new(options->base, options->path, folder_changed, policy, &policy->folder, err);
	if (r < 0)
		return error_prefix(err, "policy");
	operator_records_run(policy->ops, policy->folder);
	r = refuse_start(policy, err);
	if (r < 0)
		return error_prefix(err, "policy");
	publish(policy);
	*ret = take(policy);
	return 0;
}

void policy_folder_free(struct policy_folder *policy)
{
	if (!policy)
		return;
	folder_free(policy->folder);
	operator_records_free(policy->ops);
	free(policy);
}

void policy_folder_look(struct policy_folder *policy)
{
	folder_look(policy->folder);
}
