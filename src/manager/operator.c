/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's files: Config and Tenants through the chain into the policy snapshot. */
#include "manager/operator.h"

#include <string.h>
#include <uthash.h>

#include "api/config.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"

/* How often what holds for a tenant has changed. */
struct tenant_serial {
	char *tenant;
	uint64_t serial;
	UT_hash_handle hh;
};

struct operator_records {
	const struct admission_handler *handlers;
	const char *const *reserved;
	size_t reserved_count;
	struct record *records;
	struct policy *policy;
	uint64_t serial; /* of the Config */
	struct tenant_serial *tenants;
};

/* One document of a file on its way to a record. */
struct entry {
	const struct folder_file *file;
	unsigned line;
	const char *key;
	json_t *object; /* NULL: read */
};

/* One reading of the operator's files. */
struct reading {
	struct operator_records *ops;
	struct arena *arena;
	LIST_OF(struct entry) entries;
};

static void publish(struct operator_records *ops)
{
	const char *const no_reserved = NULL;
	size_t n = HASH_COUNT(ops->records), tenants = 0;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	json_t **list = arena_alloc(arena, n, sizeof(json_t *));
	CLEANUP(json_decref) json_t *config = NULL;
	struct policy *policy;
	struct error err;
	struct policy_options options = {
		.tenants = list,
		.reserved = ops->reserved ? ops->reserved : &no_reserved,
		.reserved_count = ops->reserved_count,
	};

	for (const struct record *record = ops->records; record; record = record->hh.next) {
		if (!record->good || record->result == RECORD_REMOVED)
			continue;
		if (record->kind == KIND_CONFIG && !config)
			config = json_loads(record->good, 0, NULL);
		else if (record->kind == KIND_TENANT)
			list[tenants++] = json_loads(record->good, 0, NULL);
	}
	options.config = config;
	options.tenant_count = tenants;
	if (policy_new(&options, &policy, &err) < 0) {
		log_error("the last good policy stays in force: %s", err.text);
	} else {
		policy_unref(ops->policy);
		ops->policy = policy;
	}
	for (size_t i = 0; i < tenants; i++)
		json_decref(list[i]);
}

struct operator_records *operator_records_new(const struct admission_handler *handlers,
					      const char *const *reserved, size_t reserved_count)
{
	struct operator_records *ops = memory_new(1, sizeof(*ops));

	ops->handlers = handlers;
	ops->reserved = reserved;
	ops->reserved_count = reserved_count;
	publish(ops);
	return ops;
}

void operator_records_free(struct operator_records *ops)
{
	struct tenant_serial *serial, *next;

	if (!ops)
		return;
	HASH_ITER(hh, ops->tenants, serial, next) {
		HASH_DEL(ops->tenants, serial);
		free(serial->tenant);
		free(serial);
	}
	records_free(&ops->records);
	policy_unref(ops->policy);
	free(ops);
}

static void bump(struct operator_records *ops, const struct record *record)
{
	struct tenant_serial *serial;

	if (record->kind == KIND_CONFIG) {
		ops->serial++;
		return;
	}
	HASH_FIND_STR(ops->tenants, record->name, serial);
	if (!serial) {
		serial = memory_new(1, sizeof(*serial));
		serial->tenant = memory_strdup(record->name);
		HASH_ADD_KEYPTR(hh, ops->tenants, serial->tenant, strlen(serial->tenant), serial);
	}
	serial->serial++;
}

/* The chain's word on a Config or Tenant that the operator writes. */
static void judge(const struct reading *reading, struct record *record, json_t *object)
{
	static const char *const groups[] = { "system:masters", "system:authenticated", NULL };
	CLEANUP(json_decref) json_t *old = record->good ? json_loads(record->good, 0, NULL) : NULL;
	const struct admission_config config = {
		.handlers = reading->ops->handlers,
		.policy = reading->ops->policy,
		.operator_groups = groups,
	};
	const struct admission_request request = {
		.operation = old ? OPERATION_UPDATE : OPERATION_CREATE,
		.user = "kubelb:operator",
		.groups = groups,
		.object = object,
		.old_object = old,
	};
	struct verdict verdict = { 0 };
	CLEANUP(free) char *admitted = NULL;

	admission_decide(&config, &request, reading->arena, &verdict);
	record_problems(record, &verdict.problems);
	if (!verdict.allowed)
		record->result = RECORD_REFUSED;
	admitted = verdict.object ? json_compact(verdict.object) : NULL;
	json_decref(verdict.object);
	if (record->result == RECORD_REFUSED || str_equal(record->good, admitted))
		return;
	free(record->good);
	record->good = take(admitted);
	bump(reading->ops, record);
}

static void refuse(struct record *record, const char *field, const char *message)
{
	record_judge(record, RECORD_REFUSED, NULL);
	record_cause(record, "ID001", field, message);
}

static bool is_ours(enum kind kind)
{
	return kind == KIND_CONFIG || kind == KIND_TENANT;
}

static void read_entry(const struct reading *reading, struct entry *entry)
{
	CLEANUP(json_decref) json_t *object = entry->object;
	const json_t *metadata = json_object_get(object, "metadata");
	struct record *record = record_get(&reading->ops->records, entry->key);
	enum kind kind = kind_of(object);

	if (record->seen) {
		record_refuse_twin(&reading->ops->records, object, entry->file->path, entry->line,
				   record);
		entry->object = NULL;
		return;
	}
	entry->object = NULL;
	record_place(record, object, json_text(metadata, "namespace"), entry->file->path,
		     entry->line);
	record_judge(record, RECORD_CARRIED, NULL);
	if (!is_ours(kind))
		refuse(record, "kind",
		       "Forbidden: only Config and Tenant belong beside the tenants' folders; "
		       "move the object to the folder of its tenant");
	else if (kind == KIND_CONFIG && !str_equal(json_text(metadata, "name"), CONFIG_NAME))
		refuse(record, "metadata.name", "Invalid: a Config must be named \"default\"");
	else
		judge(reading, record, object);
}

static void add_entry(struct reading *reading, const struct folder_file *file,
		      const struct folder_document *document)
{
	json_t *object = json_of(document->text);
	const char *name = json_text(json_object_get(object, "metadata"), "name");
	struct entry entry = { .file = file, .line = document->line, .object = object };

	/* There is one Config, whatever namespace it names. */
	if (is_ours(kind_of(object)) && name)
		entry.key = arena_printf(reading->arena, "%d/%s", (int)kind_of(object), name);
	else
		entry.key = arena_printf(reading->arena, "%s:%u", file->path, document->line);
	LIST_APPEND(reading->arena, &reading->entries, entry);
}

static void read_file(void *context, const struct folder_file *file)
{
	struct reading *reading = context;

	if (file->error) {
		struct record *record = record_get(&reading->ops->records, file->path);

		record_place(record, NULL, NULL, file->path, file->error_line);
		record_judge(record, RECORD_REFUSED, NULL);
		record_cause(record, "API001", "", file->error);
	}
	for (size_t i = 0; i < file->count; i++)
		add_entry(reading, file, &file->documents[i]);
}

/* Did this file hold the identity in the pass before? */
static bool holds(const struct reading *reading, const struct entry *entry)
{
	const struct record *record = record_find(reading->ops->records, entry->key);

	return record && !record->seen && str_equal(record->file, entry->file->path);
}

/* Judges what was read, and publishes what is left. */
static void settle(struct reading *reading)
{
	struct operator_records *ops = reading->ops;

	for (size_t i = 0; i < reading->entries.count; i++)
		if (holds(reading, &reading->entries.items[i]))
			read_entry(reading, &reading->entries.items[i]);
	for (size_t i = 0; i < reading->entries.count; i++)
		if (reading->entries.items[i].object)
			read_entry(reading, &reading->entries.items[i]);
	records_end(ops->records);
	for (struct record *record = ops->records; record; record = record->hh.next) {
		if (record->result != RECORD_REMOVED || !record->good)
			continue;
		bump(ops, record);
		free(record->good);
		record->good = NULL;
	}
	publish(ops);
}

void operator_records_run(struct operator_records *ops, const struct folder *folder)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct reading reading = { .ops = ops, .arena = arena };

	records_begin(&ops->records);
	folder_visit(folder, NULL, read_file, &reading);
	settle(&reading);
}

void operator_records_run_files(struct operator_records *ops, const struct folder_file *files,
				size_t count)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct reading reading = { .ops = ops, .arena = arena };

	records_begin(&ops->records);
	for (size_t i = 0; i < count; i++)
		read_file(&reading, &files[i]);
	settle(&reading);
}

struct policy *operator_records_policy(const struct operator_records *ops)
{
	return ops->policy;
}

uint64_t operator_records_serial(const struct operator_records *ops, const char *tenant)
{
	const struct tenant_serial *serial;

	HASH_FIND_STR(ops->tenants, tenant, serial);
	return ops->serial + (serial ? serial->serial : 0);
}

struct record *operator_records_all(const struct operator_records *ops)
{
	return ops->records;
}
