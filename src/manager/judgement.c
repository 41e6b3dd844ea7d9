/* SPDX-License-Identifier: Apache-2.0 */
/* The chain's last word on each hub object of a tenant. */
#include "manager/judgement.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/memory.h"
#include "base/str.h"
#include "manager/record.h"
#include "json/canonical.h"

static void judgement_clear(struct judgement *judgement)
{
	json_decref(judgement->object);
	json_decref(judgement->causes);
	json_decref(judgement->warnings);
	judgement->object = NULL;
	judgement->causes = json_array();
	judgement->warnings = json_array();
}

static void judgement_free(struct judgement *judgement)
{
	json_decref(judgement->object);
	json_decref(judgement->causes);
	json_decref(judgement->warnings);
	free(judgement->key);
	free(judgement);
}

/* A warning begins with its field, as in problems_warn(). */
static const char *warning_text(struct arena *arena, const struct forwarded *made_of,
				const char *text)
{
	const char *colon = strstr(text, ": ");

	if (!made_of || !colon || !str_has_prefix(text, "spec."))
		return text;
	return arena_printf(
		arena, "%s%s",
		forward_field(arena, made_of, arena_strndup(arena, text, (size_t)(colon - text))),
		colon);
}

static void judgement_set(struct judgement *judgement, struct arena *arena,
			  const struct forwarded *made_of, struct verdict *verdict)
{
	judgement_clear(judgement);
	judgement->allowed = verdict->allowed;
	judgement->object = take(verdict->object);
	for (size_t i = 0; i < verdict->problems.count; i++) {
		const struct problem *problem = &verdict->problems.items[i];
		const char *field = problem->field;

		if (made_of)
			field = forward_field(arena, made_of, field);
		record_add_cause(judgement->causes, problem->rule, field, problem->message);
	}
	for (size_t i = 0; i < verdict->problems.warnings.count; i++)
		json_array_append_new(
			judgement->warnings,
			json_lossy(
				warning_text(arena, made_of, verdict->problems.warnings.items[i])));
}

static void decide(struct judgement *judgement, const struct judge *judge, enum kind kind,
		   const char *namespace, const char *name, json_t *object,
		   const struct forwarded *made_of)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *const groups[] = {
		"system:serviceaccounts",
		arena_printf(arena, "system:serviceaccounts:%s", judge->namespace),
		"system:authenticated",
		NULL,
	};
	/* Whether another tenant has one of that name shows in no verdict. */
	const struct object *stored = str_equal(namespace, judge->namespace)
					      ? store_get(judge->store, kind, namespace, name)
					      : NULL;
	CLEANUP(json_decref) json_t *old = stored ? object_json(stored) : NULL;
	const struct admission_config config = {
		.handlers = judge->handlers,
		.policy = judge->policy,
	};
	const struct admission_request request = {
		.operation = old ? OPERATION_UPDATE : OPERATION_CREATE,
		.user = arena_printf(arena, "system:serviceaccount:%s:kubelb-ccm",
				     judge->namespace),
		.groups = groups,
		.object = object,
		.old_object = old,
	};
	struct verdict verdict = { 0 };

	admission_decide(&config, &request, arena, &verdict);
	judgement_set(judgement, arena, made_of, &verdict);
	json_decref(verdict.object);
}

static struct judgement *find_or_add(struct judgement **table, enum kind kind,
				     const char *namespace, const char *name)
{
	CLEANUP(buf_done) struct buf key = { 0 };
	struct judgement *judgement;

	buf_printf(&key, "%d/%s/%s", (int)kind, namespace, name);
	HASH_FIND_STR(*table, key.data, judgement);
	if (judgement)
		return judgement;
	judgement = memory_new(1, sizeof(*judgement));
	judgement->key = buf_take(&key);
	HASH_ADD_KEYPTR(hh, *table, judgement->key, strlen(judgement->key), judgement);
	return judgement;
}

static const char *metadata_text(const json_t *object, const char *key)
{
	const char *text = json_text(json_object_get(object, "metadata"), key);

	return text ? text : "";
}

const struct judgement *judgement_get(struct judgement **table, const struct judge *judge,
				      enum kind kind, json_t *object,
				      const struct forwarded *made_of)
{
	const char *namespace = metadata_text(object, "namespace");
	const char *name = metadata_text(object, "name");
	struct judgement *judgement = find_or_add(table, kind, namespace, name);
	CLEANUP(buf_done) struct buf text = { 0 };
	char digest[DIGEST_HEX_SIZE];

	json_canonical(object, &text);
	digest_hex(text.data, text.len, digest);
	if (!str_equal(judgement->digest, digest) || judgement->serial != judge->serial) {
		decide(judgement, judge, kind, namespace, name, object, made_of);
		memcpy(judgement->digest, digest, sizeof(digest));
		judgement->serial = judge->serial;
	}
	judgement->seen = true;
	return judgement;
}

void judgements_sweep(struct judgement **table)
{
	struct judgement *judgement, *next;

	HASH_ITER(hh, *table, judgement, next) {
		if (judgement->seen) {
			judgement->seen = false;
			continue;
		}
		HASH_DEL(*table, judgement);
		judgement_free(judgement);
	}
}

void judgements_free(struct judgement **table)
{
	struct judgement *judgement, *next;

	HASH_ITER(hh, *table, judgement, next) {
		HASH_DEL(*table, judgement);
		judgement_free(judgement);
	}
}
