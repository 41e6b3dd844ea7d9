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
#include "ccm/forward.h"
#include "json/canonical.h"
#include "manager/operator.h"
#include "net/digest.h"

/* The chain's last word on a hub object, kept so that a pass judges only what changed. */
struct judgement {
	char *key;		/* kind/name */
	char digest[65];	/* of what was judged */
	uint64_t serial;	/* of the policy that judged it */
	bool allowed;
	json_t *object;		/* as admitted; NULL when it was refused */
	json_t *causes, *warnings;
	bool seen;
	UT_hash_handle hh;
};

struct tenant_intake {
	char *name;		/* "x" */
	char *namespace;	/* "tenant-x" */
	bool dirty;
	uint64_t serial;	/* of the policy at its last pass */
	struct record *records;
	struct judgement *judgements;
	UT_hash_handle hh;
};

struct intake {
	struct intake_options options;
	struct operator_records *operator;
	struct tenant_intake *tenants;
	bool operator_dirty;
};

/* One hub object of an attempt: made of a record, judged. */
struct candidate {
	enum kind kind;
	struct record *record;
	const struct forwarded *forwarded;	/* NULL: written as it is */
	json_t *object;				/* borrowed */
	const struct judgement *judgement;
};

/* All of a tenant's objects in one attempt to admit them. */
struct attempt {
	struct intake *intake;
	struct tenant_intake *tenant;
	struct arena *arena;
	bool first;				/* with what is written now; else with last good */
	LIST_OF(struct record *) records;	/* those with an object to judge */
	LIST_OF(json_t *) objects;		/* one per record */
	LIST_OF(struct candidate) candidates;
};

struct intake *intake_new(const struct intake_options *options)
{
	struct intake *intake = memory_new(1, sizeof(*intake));

	intake->options = *options;
	intake->operator_dirty = true;
	intake->operator = operator_records_new(options->handlers, options->reserved,
						options->reserved_count);
	return intake;
}

static void judgement_free(struct judgement *judgement)
{
	json_decref(judgement->object);
	json_decref(judgement->causes);
	json_decref(judgement->warnings);
	free(judgement->key);
	free(judgement);
}

void intake_free(struct intake *intake)
{
	struct judgement *judgement, *next_judgement;
	struct tenant_intake *tenant, *next;

	if (!intake)
		return;
	HASH_ITER(hh, intake->tenants, tenant, next) {
		HASH_DEL(intake->tenants, tenant);
		HASH_ITER(hh, tenant->judgements, judgement, next_judgement) {
			HASH_DEL(tenant->judgements, judgement);
			judgement_free(judgement);
		}
		records_free(&tenant->records);
		free(tenant->name);
		free(tenant->namespace);
		free(tenant);
	}
	operator_records_free(intake->operator);
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

/* What of the object alone keeps it from being judged with the others; NULL: nothing. */
static const char *unknown_reason(struct arena *arena, const json_t *object)
{
	const char *kind = json_text(object, "kind");
	const char *version = json_text(object, "apiVersion");

	return arena_printf(arena, "%s of %s is no kind that KubeLB serves", kind ? kind : "",
			    version ? version : "");
}

/* A plain object that never reaches the chain is still judged by its own API's schema. */
static bool plain_fits(struct arena *arena, struct record *record, const json_t *object)
{
	const struct kind_info *info = kind_info(record->kind);
	struct problems problems = { .arena = arena };

	if (str_is_empty(record->name)) {
		record_cause(record, "API001", "metadata.name", "Required: must be set");
		return false;
	}
	if (info->ours || record->kind == KIND_INGRESS || record->kind == KIND_GATEWAY ||
	    record->kind == KIND_HTTP_ROUTE || record->kind == KIND_GRPC_ROUTE)
		return true;
	shape_decode(info->shape, object, UNKNOWN_WARNED, NULL, &problems);
	record_problems(record, &problems);
	return problems.count == 0;
}

/* Takes over the reference to the object. */
static void attempt_add(struct attempt *attempt, struct record *record, json_t *object)
{
	arena_adopt(attempt->arena, object, (void (*)(void *))json_decref);
	LIST_APPEND(attempt->arena, &attempt->records, record);
	LIST_APPEND(attempt->arena, &attempt->objects, object);
}

static json_t *json_of(const char *text)
{
	json_t *object = json_loads(text, JSON_DECODE_ANY, NULL);

	return object ? object : json_null();
}

/* The last good version stands in for one that is refused. */
static void attempt_add_good(struct attempt *attempt, struct record *record)
{
	if (record->good)
		attempt_add(attempt, record, json_of(record->good));
}

static struct record *record_for(struct attempt *attempt, const char *key)
{
	struct record *record = record_find(attempt->tenant->records, key);

	return record ? record : record_add(&attempt->tenant->records, key);
}

/* A second object of one identity: it has a record of its own, by file and line. */
static void refuse_twin(struct attempt *attempt, const json_t *object,
			const struct folder_file *file, unsigned line, const struct record *first)
{
	struct record *record =
		record_for(attempt, arena_printf(attempt->arena, "%s:%u", file->path, line));

	record_place(record, object, first->namespace, file->path, line);
	record_judge(record, RECORD_REFUSED, NULL);
	record_cause(record, "ID001", "metadata.name",
		     arena_printf(attempt->arena,
				  "Duplicate: %s: the object is already in %s, line %u; remove one",
				  problem_quote(attempt->arena, first->name), first->file,
				  first->line));
}

static bool in_our_group(const json_t *object)
{
	char group[256];

	return str_equal(group_of(json_text(object, "apiVersion"), group, sizeof(group)),
			 KUBELB_GROUP);
}

static void judge_unknown(struct attempt *attempt, struct record *record, const json_t *object)
{
	if (!json_is_object(object) || !json_text(object, "apiVersion") ||
	    !json_text(object, "kind")) {
		record_judge(record, RECORD_REFUSED, NULL);
		record_cause(record, "API001", "",
			     "Invalid: no Kubernetes object; needs apiVersion and kind");
	} else if (in_our_group(object)) {
		record_judge(record, RECORD_REFUSED, NULL);
		record_cause(record, "API001", "kind",
			     arena_printf(attempt->arena,
					  "Unsupported: %s: must be a kind of " KUBELB_GROUP
					  "/v1alpha1: LoadBalancer, Route, Addresses, SyncSecret, "
					  "Tenant or Config",
					  problem_quote(attempt->arena,
							json_text(object, "kind"))));
	} else {
		record_judge(record, RECORD_IGNORED, unknown_reason(attempt->arena, object));
	}
}

static void read_document(struct attempt *attempt, const struct folder_file *file,
			  const struct folder_document *document)
{
	json_t *object = json_of(document->text);
	const char *hub = attempt->tenant->namespace;
	enum kind kind = kind_of(object);
	const char *namespace = record_namespace(object, kind, hub);
	const char *name = json_text(json_object_get(object, "metadata"), "name");
	struct record *record;
	const char *key;

	if (kind == KIND_UNKNOWN || !name)
		key = arena_printf(attempt->arena, "%s:%u", file->path, document->line);
	else
		key = arena_printf(attempt->arena, "%d/%s/%s", (int)kind, namespace, name);
	record = record_for(attempt, key);
	if (record->seen) {
		refuse_twin(attempt, object, file, document->line, record);
		json_decref(object);
		return;
	}
	record_place(record, object, namespace, file->path, document->line);
	if (kind == KIND_UNKNOWN) {
		judge_unknown(attempt, record, object);
		json_decref(object);
		return;
	}
	record_judge(record, RECORD_ADMITTED, NULL);
	if (!plain_fits(attempt->arena, record, object)) {
		json_decref(object);
		attempt_add_good(attempt, record);
		return;
	}
	record_count_generation(record, object);
	attempt_add(attempt, record, object);
}

struct known_file {
	const char *path;
	UT_hash_handle hh;
};

/* The files that held objects before. */
static struct known_file *known_files(struct attempt *attempt)
{
	struct known_file *table = NULL, *known;

	for (struct record *record = attempt->tenant->records; record; record = record->hh.next) {
		HASH_FIND_STR(table, record->file, known);
		if (known)
			continue;
		known = ARENA_NEW(attempt->arena, struct known_file);
		known->path = arena_strdup(attempt->arena, record->file);
		HASH_ADD_KEYPTR(hh, table, known->path, strlen(known->path), known);
	}
	return table;
}

struct file_visit {
	struct attempt *attempt;
	LIST_OF(const struct folder_file *) files;
};

static void collect_file(void *context, const struct folder_file *file)
{
	struct file_visit *visit = context;

	LIST_APPEND(visit->attempt->arena, &visit->files, file);
}

static void read_file(struct attempt *attempt, const struct folder_file *file)
{
	struct record *record;

	if (file->error) {
		record = record_for(attempt, file->path);
		record_place(record, NULL, NULL, file->path, file->error_line);
		record_judge(record, RECORD_REFUSED, NULL);
		record_cause(record, "API001", "", file->error);
	}
	for (size_t i = 0; i < file->count; i++)
		read_document(attempt, file, &file->documents[i]);
}

/* Of two files with one identity, the one that held it in the pass before keeps it. */
static void read_files(struct attempt *attempt)
{
	struct file_visit visit = { .attempt = attempt };
	struct known_file *table = known_files(attempt), *known;
	bool *before;

	folder_visit(attempt->intake->options.folder, attempt->tenant->name, collect_file, &visit);
	before = arena_alloc(attempt->arena, visit.files.count, sizeof(*before));
	for (size_t i = 0; i < visit.files.count; i++) {
		HASH_FIND_STR(table, visit.files.items[i]->path, known);
		before[i] = known != NULL;
		if (known)
			read_file(attempt, visit.files.items[i]);
	}
	for (size_t i = 0; i < visit.files.count; i++)
		if (!before[i])
			read_file(attempt, visit.files.items[i]);
	HASH_CLEAR(hh, table);
}

static void add_candidate(struct attempt *attempt, struct record *record, enum kind kind,
			  json_t *object, const struct forwarded *forwarded)
{
	LIST_APPEND(attempt->arena, &attempt->candidates,
		    (struct candidate){ .kind = kind,
					.record = record,
					.forwarded = forwarded,
					.object = object });
}

/* One of our own kinds, as it would be written to the hub. */
static void add_native(struct attempt *attempt, struct record *record, json_t *object)
{
	json_t *metadata = json_object_get(object, "metadata");

	if (!json_has(metadata, "namespace") && !kind_info(record->kind)->cluster_scoped)
		json_object_set_new(metadata, "namespace",
				    json_string(attempt->tenant->namespace));
	add_candidate(attempt, record, record->kind, object, NULL);
}

/* What the tenant's agent would make of the plain objects. */
static void attempt_forward(struct attempt *attempt)
{
	const struct forward_options options = { .tenant = attempt->tenant->name };
	size_t n = attempt->records.count, plain = 0;
	struct forward_input *inputs = arena_alloc(attempt->arena, n, sizeof(*inputs));
	struct forward_outcome *outcomes = arena_alloc(attempt->arena, n, sizeof(*outcomes));
	struct record **origins = arena_alloc(attempt->arena, n, sizeof(struct record *));
	struct forward_list list = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct record *record = attempt->records.items[i];

		if (kind_info(record->kind)->ours) {
			add_native(attempt, record, attempt->objects.items[i]);
			continue;
		}
		origins[plain] = record;
		inputs[plain++] = (struct forward_input){ record->kind, attempt->objects.items[i] };
	}
	forward(&options, inputs, plain, attempt->arena, outcomes, &list);
	for (size_t i = 0; i < plain; i++) {
		if (origins[i]->result == RECORD_REFUSED)
			continue;
		for (size_t w = 0; attempt->first && w < outcomes[i].warnings.count; w++)
			record_warning(origins[i], outcomes[i].warnings.items[w]);
		if (outcomes[i].result == FORWARD_IGNORED)
			record_judge(origins[i], RECORD_IGNORED, outcomes[i].reason);
		else if (outcomes[i].result == FORWARD_CARRIED)
			origins[i]->result = RECORD_CARRIED;
	}
	for (size_t i = 0; i < list.count; i++)
		add_candidate(attempt, origins[list.items[i].origin], list.items[i].kind,
			      list.items[i].object, &list.items[i]);
}

static void judgement_clear(struct judgement *judgement)
{
	json_decref(judgement->object);
	json_decref(judgement->causes);
	json_decref(judgement->warnings);
	judgement->object = NULL;
	judgement->causes = json_array();
	judgement->warnings = json_array();
}

static void judgement_set(struct judgement *judgement, struct arena *arena,
			  const struct candidate *candidate, struct verdict *verdict)
{
	judgement_clear(judgement);
	judgement->allowed = verdict->allowed;
	judgement->object = take(verdict->object);
	for (size_t i = 0; i < verdict->problems.count; i++) {
		const struct problem *problem = &verdict->problems.items[i];
		const char *field = problem->field;

		if (candidate->forwarded)
			field = forward_field(arena, candidate->forwarded, field);
		json_array_append_new(judgement->causes,
				      json_pack("{ssssss}", "rule", problem->rule, "field", field,
						"message", problem->message));
	}
	for (size_t i = 0; i < verdict->problems.warnings.count; i++)
		json_array_append_new(judgement->warnings,
				      json_string(verdict->problems.warnings.items[i]));
}

/* The chain's word on a hub object written by the tenant's agent. */
static void decide(struct attempt *attempt, const struct candidate *candidate, const char *name,
		   struct judgement *judgement)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *namespace = attempt->tenant->namespace;
	const char *const groups[] = {
		"system:serviceaccounts",
		arena_printf(arena, "system:serviceaccounts:%s", namespace),
		"system:authenticated",
		NULL,
	};
	const struct object *stored =
		store_get(attempt->intake->options.store, candidate->kind, namespace, name);
	CLEANUP(json_decref) json_t *old = stored ? object_json(stored) : NULL;
	const struct admission_config config = {
		.handlers = attempt->intake->options.handlers,
		.policy = operator_records_policy(attempt->intake->operator),
	};
	const struct admission_request request = {
		.operation = old ? OPERATION_UPDATE : OPERATION_CREATE,
		.user = arena_printf(arena, "system:serviceaccount:%s:kubelb-ccm", namespace),
		.groups = groups,
		.object = candidate->object,
		.old_object = old,
	};
	struct verdict verdict = { 0 };

	admission_decide(&config, &request, arena, &verdict);
	judgement_set(judgement, arena, candidate, &verdict);
	json_decref(verdict.object);
}

static struct judgement *judgement_get(struct attempt *attempt, const struct candidate *candidate,
				       const char *name)
{
	const char *key = arena_printf(attempt->arena, "%d/%s", (int)candidate->kind, name);
	struct judgement *judgement;

	HASH_FIND_STR(attempt->tenant->judgements, key, judgement);
	if (judgement)
		return judgement;
	judgement = memory_new(1, sizeof(*judgement));
	judgement->key = memory_strdup(key);
	HASH_ADD_KEYPTR(hh, attempt->tenant->judgements, judgement->key, strlen(judgement->key),
			judgement);
	return judgement;
}

static void judge(struct attempt *attempt, struct candidate *candidate)
{
	const char *name = json_text(json_object_get(candidate->object, "metadata"), "name");
	uint64_t serial = operator_records_serial(attempt->intake->operator, attempt->tenant->name);
	struct judgement *judgement = judgement_get(attempt, candidate, name ? name : "");
	CLEANUP(buf_done) struct buf text = { 0 };
	char digest[65];

	json_canonical(candidate->object, &text);
	digest_hex(text.data, text.len, digest);
	if (!str_equal(judgement->digest, digest) || judgement->serial != serial) {
		decide(attempt, candidate, name ? name : "", judgement);
		memcpy(judgement->digest, digest, sizeof(digest));
		judgement->serial = serial;
	}
	judgement->seen = true;
	candidate->judgement = judgement;
}

/* The verdict on a hub object is the verdict on the object that it was made of. */
static void tell_record(const struct candidate *candidate)
{
	const struct judgement *judgement = candidate->judgement;
	const json_t *item;
	size_t i;

	json_array_foreach(judgement->causes, i, item)
		record_cause(candidate->record, json_text(item, "rule"), json_text(item, "field"),
			     json_text(item, "message"));
	json_array_foreach(judgement->warnings, i, item)
		record_warning(candidate->record, json_string_value(item));
	if (!judgement->allowed)
		candidate->record->result = RECORD_REFUSED;
}

static void attempt_judge(struct attempt *attempt)
{
	attempt_forward(attempt);
	for (size_t i = 0; i < attempt->candidates.count; i++)
		judge(attempt, &attempt->candidates.items[i]);
}

/* Puts last good versions in the place of what was refused; false where nothing would differ. */
static bool attempt_fall_back(struct attempt *attempt)
{
	bool differs = false;

	for (size_t i = 0; i < attempt->records.count; i++) {
		const struct record *record = attempt->records.items[i];
		json_t *good;

		if (record->result != RECORD_REFUSED || !record->good)
			continue;
		good = json_of(record->good);
		arena_adopt(attempt->arena, good, (void (*)(void *))json_decref);
		differs = differs || !json_equal(good, attempt->objects.items[i]);
		attempt->objects.items[i] = good;
	}
	if (differs) {
		attempt->first = false;
		attempt->candidates.count = 0;
		attempt->candidates.items = NULL;
	}
	return differs;
}

static void remember_good(struct attempt *attempt)
{
	for (size_t i = 0; i < attempt->records.count; i++) {
		struct record *record = attempt->records.items[i];

		if (record->result == RECORD_REFUSED)
			continue;
		free(record->good);
		record->good = json_compact(attempt->objects.items[i]);
	}
}

struct wanted {
	char *key;
	UT_hash_handle hh;
};

struct sweep {
	struct attempt *attempt;
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

	HASH_FIND_STR(sweep->wanted,
		      object_key(sweep->attempt->arena, object->kind, object->name), wanted);
	if (!wanted)
		LIST_APPEND(sweep->attempt->arena, &sweep->gone, object);
}

static const char *age_key(struct arena *arena, enum kind kind, const char *namespace,
			   const char *name)
{
	return arena_printf(arena, "%s/%s/%s", kind_info(kind)->resource, namespace, name);
}

static void put(struct attempt *attempt, const struct candidate *candidate, const char *name,
		int64_t now)
{
	const struct intake_options *options = &attempt->intake->options;
	const char *namespace = attempt->tenant->namespace;
	int64_t age = ledger_age(options->ledger,
				 age_key(attempt->arena, candidate->kind, namespace, name), now);
	CLEANUP(object_unref) struct object *object =
		object_new(candidate->kind, candidate->judgement->object, age);
	const struct object *stored = store_get(options->store, candidate->kind, namespace, name);

	record_add_object(candidate->record, candidate->kind, name);
	if (!stored || !str_equal(stored->text, object->text))
		reconciler_put(options->reconciler, object);
}

/* The store holds what was admitted, and nothing else of this tenant. */
static void attempt_apply(struct attempt *attempt, int64_t now)
{
	const struct intake_options *options = &attempt->intake->options;
	struct sweep sweep = { .attempt = attempt };
	struct wanted *wanted;

	for (size_t i = 0; i < attempt->candidates.count; i++) {
		const struct candidate *candidate = &attempt->candidates.items[i];
		const char *name;

		if (!candidate->judgement->allowed)
			continue;
		name = json_text(json_object_get(candidate->judgement->object, "metadata"),
				 "name");
		put(attempt, candidate, name, now);
		wanted = ARENA_NEW(attempt->arena, struct wanted);
		wanted->key = (char *)(uintptr_t)object_key(attempt->arena, candidate->kind, name);
		HASH_ADD_KEYPTR(hh, sweep.wanted, wanted->key, strlen(wanted->key), wanted);
	}
	store_visit(options->store, attempt->tenant->namespace, KIND_UNKNOWN, find_gone, &sweep);
	HASH_CLEAR(hh, sweep.wanted);
	for (size_t i = 0; i < sweep.gone.count; i++) {
		const struct object *object = sweep.gone.items[i];

		ledger_forget(options->ledger, age_key(attempt->arena, object->kind,
						       object->namespace, object->name));
		reconciler_remove(options->reconciler, object->kind, object->namespace,
				  object->name);
	}
}

static void forget_judgements(struct tenant_intake *tenant)
{
	struct judgement *judgement, *next;

	HASH_ITER(hh, tenant->judgements, judgement, next) {
		if (judgement->seen) {
			judgement->seen = false;
			continue;
		}
		HASH_DEL(tenant->judgements, judgement);
		judgement_free(judgement);
	}
}

static void tenant_run(struct intake *intake, struct tenant_intake *tenant, int64_t now)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct attempt attempt = {
		.intake = intake, .tenant = tenant, .arena = arena, .first = true
	};

	tenant->dirty = false;
	tenant->serial = operator_records_serial(intake->operator, tenant->name);
	records_begin(&tenant->records);
	read_files(&attempt);
	attempt_judge(&attempt);
	for (size_t i = 0; i < attempt.candidates.count; i++)
		tell_record(&attempt.candidates.items[i]);
	remember_good(&attempt);
	if (attempt_fall_back(&attempt))
		attempt_judge(&attempt);
	attempt_apply(&attempt, now);
	forget_judgements(tenant);
	records_end(tenant->records);
	if (intake->options.judged)
		intake->options.judged(intake->options.context, tenant->namespace);
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
		operator_records_run(intake->operator, intake->options.folder);
		reconciler_set_policy(intake->options.reconciler,
				      operator_records_policy(intake->operator));
		if (intake->options.judged)
			intake->options.judged(intake->options.context, NULL);
	}
	for (tenant = intake->tenants; tenant; tenant = tenant->hh.next)
		if (tenant->dirty ||
		    tenant->serial != operator_records_serial(intake->operator, tenant->name))
			tenant_run(intake, tenant, now);
}

void intake_namespaces(const struct intake *intake,
		       void (*visit)(void *context, const char *namespace), void *context)
{
	visit(context, NULL);
	for (const struct tenant_intake *tenant = intake->tenants; tenant; tenant = tenant->hh.next)
		visit(context, tenant->namespace);
}

const struct record *intake_records(const struct intake *intake, const char *namespace)
{
	const struct tenant_intake *tenant;

	if (!namespace)
		return operator_records_all(intake->operator);
	HASH_FIND_STR(intake->tenants, tenant_of_namespace(namespace), tenant);
	return tenant ? tenant->records : NULL;
}
