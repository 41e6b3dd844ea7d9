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

/* One reading of the operator's files. */
struct reading {
	struct operator_records *operator;
	struct arena *arena;
};

static void publish(struct operator_records *operator)
{
	const char *const no_reserved = NULL;
	size_t n = HASH_COUNT(operator->records), tenants = 0;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	json_t **list = arena_alloc(arena, n, sizeof(json_t *));
	CLEANUP(json_decref) json_t *config = NULL;
	struct policy *policy;
	struct error err;
	struct policy_options options = { .tenants = list,
					  .reserved = operator->reserved ? operator->
									   reserved : & no_reserved,
					  .reserved_count = operator->reserved_count, };

	for (const struct record *record = operator->records; record; record = record->hh.next) {
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
		policy_unref(operator->policy);
		operator->policy = policy;
	}
	for (size_t i = 0; i < tenants; i++)
		json_decref(list[i]);
}

struct operator_records *operator_records_new(const struct admission_handler *handlers,
					      const char *const *reserved, size_t reserved_count)
{
	struct operator_records *operator= memory_new(1, sizeof(*operator));

	operator->handlers = handlers;
	operator->reserved = reserved;
	operator->reserved_count = reserved_count;
	publish(operator);
	return operator;
}

void operator_records_free(struct operator_records *operator)
{
	struct tenant_serial *serial, *next;

	if (!operator)
		return;
	HASH_ITER(hh, operator->tenants, serial, next) {
		HASH_DEL(operator->tenants, serial);
		free(serial->tenant);
		free(serial);
	}
	records_free(&operator->records);
	policy_unref(operator->policy);
	free(operator);
}

static void bump(struct operator_records *operator, const struct record * record)
{
	struct tenant_serial *serial;

	if (record->kind == KIND_CONFIG) {
		operator->serial++;
		return;
	}
	HASH_FIND_STR(operator->tenants, record->name, serial);
	if (!serial) {
		serial = memory_new(1, sizeof(*serial));
		serial->tenant = memory_strdup(record->name);
		HASH_ADD_KEYPTR(hh, operator->tenants, serial->tenant, strlen(serial->tenant),
				serial);
	}
	serial->serial++;
}

/* The chain's word on a Config or Tenant that the operator writes. */
static void judge(const struct reading *reading, struct record *record, json_t *object)
{
	static const char *const groups[] = { "system:masters", "system:authenticated", NULL };
	CLEANUP(json_decref) json_t *old = record->good ? json_loads(record->good, 0, NULL) : NULL;
	const struct admission_config config = {
		.handlers = reading->operator->handlers,
		.policy = reading->operator->policy,
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
	bump(reading->operator, record);
}

static struct record *record_for(const struct reading *reading, const char *key)
{
	struct record *record = record_find(reading->operator->records, key);

	return record ? record : record_add(&reading->operator->records, key);
}

static void refuse(struct record *record, const char *field, const char *message)
{
	record_judge(record, RECORD_REFUSED, NULL);
	record_cause(record, "ID001", field, message);
}

static void read_object(const struct reading *reading, const struct folder_file *file,
			unsigned line, json_t *object)
{
	enum kind kind = kind_of(object);
	bool ours = kind == KIND_CONFIG || kind == KIND_TENANT;
	const char *namespace = json_text(json_object_get(object, "metadata"), "namespace");
	const char *name = json_text(json_object_get(object, "metadata"), "name");
	const char *place = arena_printf(reading->arena, "%s:%u", file->path, line);
	/* There is one Config, whatever namespace it names. */
	const char *key =
		ours && name ? arena_printf(reading->arena, "%d/%s", (int)kind, name) : place;
	struct record *record = record_for(reading, key);

	if (record->seen) {
		const char *first = arena_printf(reading->arena,
						 "Duplicate: the object is already in %s, line %u",
						 record->file, record->line);

		record = record_for(reading, place);
		record_place(record, object, namespace, file->path, line);
		refuse(record, "metadata.name", first);
		return;
	}
	record_place(record, object, namespace, file->path, line);
	record_judge(record, RECORD_CARRIED, NULL);
	if (!ours)
		refuse(record, "kind",
		       "Forbidden: only Config and Tenant belong beside the tenants' folders; "
		       "move the object to the folder of its tenant");
	else if (kind == KIND_CONFIG && !str_equal(name, CONFIG_NAME))
		refuse(record, "metadata.name", "Invalid: a Config must be named \"default\"");
	else
		judge(reading, record, object);
}

static void read_file(void *context, const struct folder_file *file)
{
	const struct reading *reading = context;

	if (file->error) {
		struct record *record = record_for(reading, file->path);

		record_place(record, NULL, NULL, file->path, file->error_line);
		record_judge(record, RECORD_REFUSED, NULL);
		record_cause(record, "API001", "", file->error);
	}
	for (size_t i = 0; i < file->count; i++) {
		CLEANUP(json_decref)
		json_t *object = json_loads(file->documents[i].text, JSON_DECODE_ANY, NULL);

		read_object(reading, file, file->documents[i].line, object);
	}
}

/* Ends a reading: what was not seen is gone, and the policy is that of what is left. */
static void settle(struct operator_records *operator)
{
	records_end(operator->records);
	for (struct record *record = operator->records; record; record = record->hh.next) {
		if (record->result != RECORD_REMOVED || !record->good)
			continue;
		bump(operator, record);
		free(record->good);
		record->good = NULL;
	}
	publish(operator);
}

void operator_records_run(struct operator_records *operator, const struct folder * folder)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct reading reading = { .operator= operator, .arena = arena };

	records_begin(&operator->records);
	folder_visit(folder, NULL, read_file, &reading);
	settle(operator);
}

void operator_records_run_files(struct operator_records *operator, const struct folder_file * files,
				size_t count)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct reading reading = { .operator= operator, .arena = arena };

	records_begin(&operator->records);
	for (size_t i = 0; i < count; i++)
		read_file(&reading, &files[i]);
	settle(operator);
}

struct policy *operator_records_policy(const struct operator_records *operator)
{
	return operator->policy;
}

uint64_t operator_records_serial(const struct operator_records *operator, const char * tenant)
{
	const struct tenant_serial *serial;

	HASH_FIND_STR(operator->tenants, tenant, serial);
	return operator->serial +(serial ? serial->serial : 0);
}

const struct record *operator_records_all(const struct operator_records *operator)
{
	return operator->records;
}
