/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt to admit all of a tenant's objects. */
#include "manager/attempt.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"

static void add_candidate(struct attempt *attempt, struct record *record, enum kind kind,
			  json_t *object, const struct forwarded *forwarded)
{
	LIST_APPEND(
		attempt->arena, &attempt->candidates,
		(struct candidate){
			.kind = kind, .record = record, .forwarded = forwarded, .object = object });
}

/* One of our own kinds, as it would be written to the hub. */
static void add_native(struct attempt *attempt, struct record *record, json_t *object)
{
	json_t *metadata = json_object_get(object, "metadata");

	if (!json_has(metadata, "namespace") && !kind_info(record->kind)->cluster_scoped)
		json_object_set_new(metadata, "namespace", json_string(attempt->judge.namespace));
	add_candidate(attempt, record, record->kind, object, NULL);
}

/* What the tenant's agent would make of the plain objects. */
static void attempt_forward(struct attempt *attempt)
{
	const struct forward_options options = { .tenant = attempt->tenant,
						 .any_class = attempt->any_class };
	size_t n = attempt->written.count, plain = 0;
	struct forward_input *inputs = arena_alloc(attempt->arena, n, sizeof(*inputs));
	struct forward_outcome *outcomes = arena_alloc(attempt->arena, n, sizeof(*outcomes));
	struct record **origins = arena_alloc(attempt->arena, n, sizeof(struct record *));
	struct forward_list list = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct record *record = attempt->written.items[i];

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

/* Has the agent warned of this field, or of what it is in, in its own words? */
static bool is_warned_of(const struct record *record, const char *warning)
{
	const char *colon = strstr(warning, ": ");
	const json_t *item;
	size_t i;

	json_array_foreach(record->warnings, i, item) {
		const char *told = json_string_value(item), *end = strstr(told, ": ");

		if (colon && end && end - told <= colon - warning &&
		    strncmp(told, warning, (size_t)(end - told)) == 0)
			return true;
	}
	return false;
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
		if (!candidate->forwarded ||
		    !is_warned_of(candidate->record, json_string_value(item)))
			record_warning(candidate->record, json_string_value(item));
	if (!judgement->allowed)
		candidate->record->result = RECORD_REFUSED;
}

void attempt_judge(struct attempt *attempt)
{
	attempt_forward(attempt);
	for (size_t i = 0; i < attempt->candidates.count; i++) {
		struct candidate *candidate = &attempt->candidates.items[i];

		candidate->judgement =
			judgement_get(attempt->judgements, &attempt->judge, candidate->kind,
				      candidate->object, candidate->forwarded);
		if (attempt->first)
			tell_record(candidate);
	}
}

static void remember_good(struct attempt *attempt)
{
	for (size_t i = 0; i < attempt->written.count; i++) {
		struct record *record = attempt->written.items[i];

		if (record->result == RECORD_REFUSED)
			continue;
		record_admit(record, attempt->objects.items[i]);
	}
}

bool attempt_fall_back(struct attempt *attempt)
{
	bool differs = false;

	remember_good(attempt);
	for (size_t i = 0; i < attempt->written.count; i++) {
		const struct record *record = attempt->written.items[i];
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
