/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's files to records and objects. */
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "manager/attempt.h"

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
	LIST_APPEND(attempt->arena, &attempt->written, record);
	LIST_APPEND(attempt->arena, &attempt->objects, object);
}

/* The last good version stands in for one that is refused. */
static void attempt_add_good(struct attempt *attempt, struct record *record)
{
	if (record->good)
		attempt_add(attempt, record, json_of(record->good));
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
	} else if (str_equal(json_text(object, "kind"), "List")) {
		record_judge(record, RECORD_REFUSED, NULL);
		record_cause(record, "API001", "items", "Invalid: must be a list of objects");
	} else if (in_our_group(object)) {
		record_judge(record, RECORD_REFUSED, NULL);
		record_cause(
			record, "API001", "kind",
			arena_printf(attempt->arena,
				     "Unsupported: %s: must be a kind of " KUBELB_GROUP
				     "/v1alpha1: LoadBalancer, Route, Addresses, SyncSecret, "
				     "Tenant or Config",
				     problem_quote(attempt->arena, json_text(object, "kind"))));
	} else {
		record_judge(record, RECORD_IGNORED, unknown_reason(attempt->arena, object));
	}
}

/* One document of a file on its way to a record. */
struct entry {
	const struct folder_file *file;
	unsigned line;
	enum kind kind;
	const char *namespace, *key;
	json_t *object; /* NULL: read */
};

struct reading {
	struct attempt *attempt;
	LIST_OF(struct entry) entries;
};

/* Takes the object of the entry. */
static void read_entry(struct attempt *attempt, struct entry *entry)
{
	json_t *object = take(entry->object);
	struct record *record = record_get(attempt->records, entry->key);

	if (record->seen) {
		record_refuse_twin(attempt->records, object, entry->file->path, entry->line,
				   record);
		json_decref(object);
		return;
	}
	record_place(record, object, entry->namespace, entry->file->path, entry->line);
	if (entry->kind == KIND_UNKNOWN) {
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

static void add_entry(struct reading *reading, const struct folder_file *file,
		      const struct folder_document *document)
{
	struct attempt *attempt = reading->attempt;
	json_t *object = json_of(document->text);
	enum kind kind = kind_of(object);
	const char *hub = attempt->judge.namespace;
	const char *namespace = in_our_group(object) && kind == KIND_UNKNOWN
					? hub
					: record_namespace(object, kind, hub);
	const char *name = json_text(json_object_get(object, "metadata"), "name");
	struct entry entry = { .file = file,
			       .line = document->line,
			       .kind = kind,
			       .namespace = namespace,
			       .object = object };

	if (kind == KIND_UNKNOWN || !name)
		entry.key = arena_printf(attempt->arena, "%s:%u", file->path, document->line);
	else
		entry.key = arena_printf(attempt->arena, "%d/%s/%s", (int)kind, namespace, name);
	LIST_APPEND(attempt->arena, &reading->entries, entry);
}

static void read_file(void *context, const struct folder_file *file)
{
	struct reading *reading = context;
	struct record *record;

	if (file->error) {
		record = record_get(reading->attempt->records, file->path);
		record_place(record, NULL, NULL, file->path, file->error_line);
		record_judge(record, RECORD_REFUSED, NULL);
		record_cause(record, "API001", "", file->error);
	}
	for (size_t i = 0; i < file->count; i++)
		add_entry(reading, file, &file->documents[i]);
}

/* Did this file hold the identity in the pass before? */
static bool holds(const struct attempt *attempt, const struct entry *entry)
{
	const struct record *record = record_find(*attempt->records, entry->key);

	return record && !record->seen && str_equal(record->file, entry->file->path);
}

/* What was held before comes first, so that its file keeps it. */
static void read_entries(const struct reading *reading)
{
	for (size_t i = 0; i < reading->entries.count; i++)
		if (holds(reading->attempt, &reading->entries.items[i]))
			read_entry(reading->attempt, &reading->entries.items[i]);
	for (size_t i = 0; i < reading->entries.count; i++)
		if (reading->entries.items[i].object)
			read_entry(reading->attempt, &reading->entries.items[i]);
}

void attempt_read(struct attempt *attempt)
{
	struct reading reading = { .attempt = attempt };

	folder_visit(attempt->folder, attempt->tenant, read_file, &reading);
	read_entries(&reading);
}

void attempt_read_files(struct attempt *attempt, const struct folder_file *files, size_t count)
{
	struct reading reading = { .attempt = attempt };

	for (size_t i = 0; i < count; i++)
		read_file(&reading, &files[i]);
	read_entries(&reading);
}
