/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of each object as its user wrote it. */
#include "manager/record.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/memory.h"
#include "base/str.h"
#include "json/canonical.h"

struct record *record_find(struct record *table, const char *key)
{
	struct record *record;

	HASH_FIND_STR(table, key, record);
	return record;
}

static struct record *record_add(struct record **table, const char *key)
{
	struct record *record = memory_new(1, sizeof(*record));

	record->key = memory_strdup(key);
	record->causes = json_array();
	record->warnings = json_array();
	HASH_ADD_KEYPTR(hh, *table, record->key, strlen(record->key), record);
	return record;
}

struct record *record_get(struct record **table, const char *key)
{
	struct record *record = record_find(*table, key);

	return record ? record : record_add(table, key);
}

static void record_forget_objects(struct record *record)
{
	for (size_t i = 0; i < record->object_count; i++)
		free(record->objects[i].name);
	free(record->objects);
	record->objects = NULL;
	record->object_count = 0;
}

static void record_free(struct record *record)
{
	record_forget_objects(record);
	json_decref(record->causes);
	json_decref(record->warnings);
	free(record->key);
	free(record->api_version);
	free(record->type);
	free(record->namespace);
	free(record->name);
	free(record->file);
	free(record->reason);
	free(record->good);
	free(record);
}

void records_free(struct record **table)
{
	struct record *record, *next;

	HASH_ITER(hh, *table, record, next) {
		HASH_DEL(*table, record);
		record_free(record);
	}
}

void records_begin(struct record **table)
{
	struct record *record, *next;

	HASH_ITER(hh, *table, record, next) {
		record->seen = false;
		if (record->result != RECORD_REMOVED)
			continue;
		HASH_DEL(*table, record);
		record_free(record);
	}
}

void records_end(struct record *table)
{
	for (struct record *record = table; record; record = record->hh.next)
		if (!record->seen)
			record_judge(record, RECORD_REMOVED, NULL);
}

static void replace(char **field, const char *text)
{
	free(*field);
	*field = memory_strdup(text ? text : "");
}

void record_place(struct record *record, const json_t *object, const char *namespace,
		  const char *file, unsigned line)
{
	record->kind = kind_of(object);
	replace(&record->api_version, json_text(object, "apiVersion"));
	replace(&record->type, json_text(object, "kind"));
	replace(&record->namespace, namespace);
	replace(&record->name, json_text(json_object_get(object, "metadata"), "name"));
	replace(&record->file, file);
	record->line = line;
	record->seen = true;
	record->twin = false;
}

void record_judge(struct record *record, enum record_result result, const char *reason)
{
	record->result = result;
	free(record->reason);
	record->reason = memory_strdup(reason);
	json_array_clear(record->causes);
	json_array_clear(record->warnings);
	record_forget_objects(record);
}

void record_cause(struct record *record, const char *rule, const char *field, const char *message)
{
	record->result = RECORD_REFUSED;
	record_add_cause(record->causes, rule, field, message);
}

void record_add_cause(json_t *causes, const char *rule, const char *field, const char *message)
{
	json_array_append_new(causes, json_pack("{sososo}", "rule", json_lossy(rule), "field",
						json_lossy(field), "message", json_lossy(message)));
}

void record_warning(struct record *record, const char *text)
{
	json_array_append_new(record->warnings, json_lossy(text));
}

void record_problems(struct record *record, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		record_cause(record, problems->items[i].rule, problems->items[i].field,
			     problems->items[i].message);
	for (size_t i = 0; i < problems->warnings.count; i++)
		record_warning(record, problems->warnings.items[i]);
}

void record_add_object(struct record *record, enum kind kind, const char *name)
{
	record->objects =
		memory_resize(record->objects, record->object_count + 1, sizeof(*record->objects));
	record->objects[record->object_count++] =
		(struct record_object){ .kind = kind, .name = memory_strdup(name) };
}

void record_refuse_twin(struct record **table, const json_t *object, const char *file,
			unsigned line, const struct record *first)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct record *record = record_get(table, arena_printf(arena, "%s:%u", file, line));

	record_place(record, object, first->namespace, file, line);
	record->twin = true;
	record_judge(record, RECORD_REFUSED, NULL);
	record_cause(record, "ID001", "metadata.name",
		     arena_printf(arena,
				  "Duplicate: %s: the object is already in %s, line %u; remove one",
				  problem_quote(arena, first->name), first->file, first->line));
}

void record_count_generation(struct record *record, json_t *object)
{
	json_t *metadata = json_object_get(object, "metadata");
	const json_t *written = json_object_get(metadata, "generation");
	const json_t *spec = json_object_get(object, "spec");
	CLEANUP(buf_done) struct buf text = { 0 };

	if (spec)
		json_canonical(spec, &text);
	digest_hex(text.data, text.len, record->next_spec);
	record->next_generation = record->generation;
	if (record->generation < INT64_MAX && !str_equal(record->spec, record->next_spec))
		record->next_generation++;
	if (json_is_integer(written))
		record->next_generation = json_integer_value(written);
	else
		json_object_set_new(metadata, "generation", json_integer(record->next_generation));
}

void record_admit(struct record *record, const json_t *object)
{
	free(record->good);
	record->good = json_compact(object);
	record->generation = record->next_generation;
	memcpy(record->spec, record->next_spec, sizeof(record->spec));
}

struct record *record_of_twin(struct record *table, const struct record *twin)
{
	struct record *record;

	for (record = table; record; record = record->hh.next)
		if (record != twin && record->result != RECORD_REMOVED && !record->twin &&
		    record->kind == twin->kind && str_equal(record->name, twin->name) &&
		    str_equal(record->namespace, twin->namespace))
			break;
	return record;
}

const char *record_namespace(const json_t *object, enum kind kind, const char *hub_namespace)
{
	const char *written = json_text(json_object_get(object, "metadata"), "namespace");

	if (kind_info(kind)->cluster_scoped)
		return "";
	if (!str_is_empty(written))
		return written;
	return kind_info(kind)->ours ? hub_namespace : "default";
}
