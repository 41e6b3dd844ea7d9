/* SPDX-License-Identifier: Apache-2.0 */
/* A folder's documents through the admission chain into the reconciler. */
#include "manager/intake.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "manager/attempt.h"
#include "manager/operator.h"

struct tenant_intake {
	char *name;	 /* "x" */
	char *namespace; /* "tenant-x" */
	bool dirty;
	uint64_t serial; /* of the policy at its last pass */
	struct record *records;
	struct judgement *judgements;
	UT_hash_handle hh;
};

struct intake {
	struct intake_options options;
	struct operator_records *ops;
	struct tenant_intake *tenants;
	bool operator_dirty;
	bool begun; /* every folder was read once */
};

struct intake *intake_new(const struct intake_options *options)
{
	struct intake *intake = memory_new(1, sizeof(*intake));

	intake->options = *options;
	intake->operator_dirty = true;
	intake->ops =
		operator_records_new(options->handlers, options->reserved, options->reserved_count);
	return intake;
}

void intake_free(struct intake *intake)
{
	struct tenant_intake *tenant, *next;

	if (!intake)
		return;
	HASH_ITER(hh, intake->tenants, tenant, next) {
		HASH_DEL(intake->tenants, tenant);
		judgements_free(&tenant->judgements);
		records_free(&tenant->records);
		free(tenant->name);
		free(tenant->namespace);
		free(tenant);
	}
	operator_records_free(intake->ops);
	free(intake);
}

static struct tenant_intake *tenant_get(struct intake *intake, const char *name)
{
	struct tenant_intake *tenant;

	HASH_FIND_STR(intake->tenants, name, tenant);
	if (tenant)
		return tenant;
	tenant = memory_new(1, sizeof(*tenant));
	tenant->name = memory_strdup(name);
	if (asprintf(&tenant->namespace, TENANT_NAMESPACE_PREFIX "%s", name) < 0)
		memory_exhausted();
	HASH_ADD_KEYPTR(hh, intake->tenants, tenant->name, strlen(tenant->name), tenant);
	return tenant;
}

void intake_touch(struct intake *intake, const char *tenant)
{
	if (tenant)
		tenant_get(intake, tenant)->dirty = true;
	else
		intake->operator_dirty = true;
}

struct wanted {
	char *key;
	UT_hash_handle hh;
};

struct sweep {
	struct arena *arena;
	struct wanted *wanted;
	LIST_OF(struct object *) gone;
};

static const char *object_key(struct arena *arena, enum kind kind, const char *name)
{
	return arena_printf(arena, "%d/%s", (int)kind, name);
}

static void find_gone(void *context, struct object *object)
{
	struct sweep *sweep = context;
	struct wanted *wanted;

	HASH_FIND_STR(sweep->wanted, object_key(sweep->arena, object->kind, object->name), wanted);
	if (!wanted)
		LIST_APPEND(sweep->arena, &sweep->gone, object);
}

static const char *age_key(struct arena *arena, enum kind kind, const char *namespace,
			   const char *name)
{
	return arena_printf(arena, "%s/%s/%s", kind_info(kind)->resource, namespace, name);
}

static void put(const struct intake_options *options, struct attempt *attempt,
		const struct candidate *candidate, const char *name, int64_t now)
{
	const char *namespace = attempt->judge.namespace;
	int64_t age = ledger_age(options->ledger,
				 age_key(attempt->arena, candidate->kind, namespace, name), now);
	CLEANUP(object_unref)
	struct object *object = object_new(candidate->kind, candidate->judgement->object, age);
	const struct object *stored = store_get(options->store, candidate->kind, namespace, name);

	record_add_object(candidate->record, candidate->kind, name);
	if (!stored || !str_equal(stored->text, object->text))
		reconciler_put(options->reconciler, object);
}

/* The store holds what was admitted, and nothing else of this tenant. */
static void apply(const struct intake_options *options, struct attempt *attempt, int64_t now)
{
	struct sweep sweep = { .arena = attempt->arena };
	struct wanted *wanted;

	for (size_t i = 0; i < attempt->candidates.count; i++) {
		const struct candidate *candidate = &attempt->candidates.items[i];
		const char *name;

		if (!candidate->judgement->allowed)
			continue;
		name = json_text(json_object_get(candidate->judgement->object, "metadata"), "name");
		put(options, attempt, candidate, name, now);
		wanted = ARENA_NEW(attempt->arena, struct wanted);
		wanted->key = (char *)(uintptr_t)object_key(attempt->arena, candidate->kind, name);
		HASH_ADD_KEYPTR(hh, sweep.wanted, wanted->key, strlen(wanted->key), wanted);
	}
	store_visit(options->store, attempt->judge.namespace, KIND_UNKNOWN, find_gone, &sweep);
	HASH_CLEAR(hh, sweep.wanted);
	for (size_t i = 0; i < sweep.gone.count; i++) {
		const struct object *object = sweep.gone.items[i];

		ledger_forget(options->ledger, age_key(attempt->arena, object->kind,
						       object->namespace, object->name));
		reconciler_remove(options->reconciler, object->kind, object->namespace,
				  object->name);
	}
}

static void tenant_run(struct intake *intake, struct tenant_intake *tenant, int64_t now)
{
	const struct intake_options *options = &intake->options;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct attempt attempt = {
		.arena = arena,
		.folder = options->folder,
		.tenant = tenant->name,
		.judge = { .handlers = options->handlers,
			   .policy = operator_records_policy(intake->ops),
			   .serial = operator_records_serial(intake->ops, tenant->name),
			   .store = options->store,
			   .namespace = tenant->namespace },
		.records = &tenant->records,
		.judgements = &tenant->judgements,
		.first = true,
	};

	tenant->dirty = false;
	tenant->serial = attempt.judge.serial;
	records_begin(&tenant->records);
	attempt_read(&attempt);
	attempt_judge(&attempt);
	if (attempt_fall_back(&attempt))
		attempt_judge(&attempt);
	apply(options, &attempt, now);
	judgements_sweep(&tenant->judgements);
	records_end(tenant->records);
	options->judged(options->context, tenant->namespace);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void intake_run(struct intake *intake)
{
	int64_t now = now_ns();
	struct tenant_intake *tenant;

	if (intake->operator_dirty) {
		intake->operator_dirty = false;
		operator_records_run(intake->ops, intake->options.folder);
		reconciler_set_policy(intake->options.reconciler,
				      operator_records_policy(intake->ops));
		intake->options.judged(intake->options.context, NULL);
	}
	for (tenant = intake->tenants; tenant; tenant = tenant->hh.next)
		if (tenant->dirty ||
		    tenant->serial != operator_records_serial(intake->ops, tenant->name))
			tenant_run(intake, tenant, now);
	if (!intake->begun)
		ledger_forget_unused(intake->options.ledger);
	intake->begun = true;
}

struct record *intake_records(const struct intake *intake, const char *namespace)
{
	const struct tenant_intake *tenant;

	if (!namespace)
		return operator_records_all(intake->ops);
	HASH_FIND_STR(intake->tenants, tenant_of_namespace(namespace), tenant);
	return tenant ? tenant->records : NULL;
}
