/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every object that comes to the chain, shown on generated ones. */
#include "admission/admission.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/str.h"
#include "tests/unit/admission/hostile.h"
#include "tests/unit/admission/site.h"
#include "tests/unit/suite.h"
#include "json/patch.h"
#include "json/pointer.h"

#define OBJECTS 7000 /* for each of three properties */
#define REPLAYS 10000

struct trial {
	struct site site;
	struct hostile hostile;
	uint64_t seed;
	json_t *object, *review, *reply;
};

static void trials_run(void (*check)(struct trial *trial), uint64_t first, uint64_t count)
{
	struct trial trial;

	site_init(&trial.site, NULL);
	hostile_init(&trial.hostile);
	for (trial.seed = first; trial.seed < first + count; trial.seed++) {
		trial.object = hostile_object(&trial.hostile, trial.seed);
		trial.review = review_make(trial.object, NULL, NULL);
		trial.reply = site_ask(&trial.site, trial.review, false);
		ck_assert_ptr_nonnull(trial.reply);
		check(&trial);
		json_decref(trial.reply);
		json_decref(trial.review);
		json_decref(trial.object);
	}
	hostile_done(&trial.hostile);
	site_done(&trial.site);
}

/* Texts are made for a failure only: there are 100,000 successes. */
#define EXPECT(trial, condition, what)             \
	do {                                       \
		if (!(condition))                  \
			trial_fail((trial), what); \
	} while (0)

static void trial_fail(const struct trial *trial, const char *what)
{
	CLEANUP(free) char *object = json_dumps(trial->object, 0);
	CLEANUP(free) char *reply = json_dumps(trial->reply, 0);

	ck_abort_msg("seed %llu: %s: %.1500s is answered by %.1500s",
		     (unsigned long long)trial->seed, what, object, reply);
}

static struct verdict decide(const struct trial *trial, json_t *object, struct arena *arena)
{
	const struct admission_request request = {
		.operation = OPERATION_CREATE,
		.user = "system:serviceaccount:tenant-a:kubelb-ccm",
		.object = object,
	};
	struct verdict verdict;

	admission_decide(&trial->site.config, &request, arena, &verdict);
	return verdict;
}

static bool same_problems(const struct problems *a, const struct problems *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (!str_equal(a->items[i].rule, b->items[i].rule) ||
		    !str_equal(a->items[i].field, b->items[i].field) ||
		    !str_equal(a->items[i].message, b->items[i].message))
			return false;
	return a->count == b->count;
}

static unsigned allowed, patched;

/* What is mutated once stays as it is, and is judged as it was. */
static void check_idempotent(struct trial *trial)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct verdict once = decide(trial, trial->object, arena), twice;

	allowed += once.allowed;
	if (!once.object)
		return;
	twice = decide(trial, once.object, arena);
	EXPECT(trial, json_equal(once.object, twice.object), "mutated twice it differs");
	EXPECT(trial, same_problems(&once.problems, &twice.problems),
	       "mutated it is judged otherwise");
	json_decref(once.object);
	json_decref(twice.object);
}

START_TEST(mutate_twice_same_as_once)
{
	trials_run(check_idempotent, 0, OBJECTS);
	/* Or the generator shows nothing. */
	ck_assert_uint_gt(allowed, OBJECTS / 4);
	ck_assert_uint_lt(allowed, OBJECTS * 9 / 10);
}
END_TEST

/* Is this one operation needed, and no larger than what it changes? */
static bool is_minimal(const json_t *object, const json_t *operation)
{
	const json_t *value = json_object_get(operation, "value");
	const json_t *there = pointer_get(object, json_text(operation, "path"));
	const char *op = json_text(operation, "op");
	const char *last = strrchr(json_text(operation, "path"), '/');
	bool into_array = last && strspn(last + 1, "0123456789") == strlen(last + 1);

	if (str_equal(op, "add"))
		return value && (!there || into_array);
	if (str_equal(op, "remove"))
		return !value && there;
	/* An array or object that stays one is never written anew. */
	return str_equal(op, "replace") && there && !json_equal(there, value) &&
	       !(json_is_array(there) && json_is_array(value)) &&
	       !(json_is_object(there) && json_is_object(value));
}

static void check_patch(struct trial *trial)
{
	const json_t *patch = json_at(trial->reply, "response", "patch", NULL), *operation;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	json_t *at = json_deep_copy(trial->object);
	struct verdict verdict;
	size_t i;

	patched += patch != NULL;
	json_array_foreach(patch, i, operation) {
		CLEANUP(json_decref) json_t *one = json_pack("[O]", operation);
		json_t *next = NULL;
		struct error err;

		EXPECT(trial, is_minimal(at, operation), "its patch does more than it must");
		EXPECT(trial, json_patch_apply(at, one, &next, &err) == 0, "its patch fails");
		json_decref(at);
		at = next;
	}
	if (reply_allows(trial->reply)) {
		verdict = decide(trial, trial->object, arena);
		EXPECT(trial, json_equal(at, verdict.object), "its patch leads elsewhere");
		json_decref(verdict.object);
	}
	json_decref(at);
}

START_TEST(patch_minimal_and_leads_to_the_chains_object)
{
	trials_run(check_patch, OBJECTS, OBJECTS);
	ck_assert_uint_gt(patched, OBJECTS / 5);
}
END_TEST

static int text_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool same_warnings(struct problems *a, struct problems *b)
{
	if (a->warnings.count != b->warnings.count)
		return false;
	if (!a->warnings.count)
		return true;
	qsort(a->warnings.items, a->warnings.count, sizeof(*a->warnings.items), text_order);
	qsort(b->warnings.items, b->warnings.count, sizeof(*b->warnings.items), text_order);
	for (size_t i = 0; i < a->warnings.count; i++)
		if (!str_equal(a->warnings.items[i], b->warnings.items[i]))
			return false;
	return true;
}

static void check_order(struct trial *trial)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(json_decref)
	json_t *shuffled = hostile_shuffled(&trial->hostile, trial->object);
	struct verdict a = decide(trial, trial->object, arena);
	struct verdict b = decide(trial, shuffled, arena);

	EXPECT(trial, json_equal(trial->object, shuffled), "the shuffle changes it");
	EXPECT(trial, same_problems(&a.problems, &b.problems), "the order of keys decides");
	EXPECT(trial, same_warnings(&a.problems, &b.problems), "the order of keys warns");
	EXPECT(trial, (!a.object && !b.object) || json_equal(a.object, b.object),
	       "the order of keys shows in the object");
	json_decref(a.object);
	json_decref(b.object);
}

START_TEST(verdict_whatever_the_order_of_keys_same)
{
	trials_run(check_order, 2 * OBJECTS, OBJECTS);
}
END_TEST

/* Both webhooks say the same of an object and of what it becomes, and a dry run is answered alike. */
static void check_webhooks(struct trial *trial)
{
	CLEANUP(json_decref) json_t *mutated = NULL;
	CLEANUP(json_decref) json_t *again = NULL;
	CLEANUP(json_decref) json_t *validated = site_ask(&trial->site, trial->review, true);
	CLEANUP(json_decref) json_t *second = NULL;

	EXPECT(trial, reply_allows(validated) == reply_allows(trial->reply),
	       "the validating webhook disagrees");
	if (!reply_allows(trial->reply))
		return;
	mutated = reply_object(trial->reply, trial->review);
	again = review_make(mutated, NULL, NULL);
	second = site_ask(&trial->site, again, true);
	EXPECT(trial, reply_allows(second), "what it becomes is refused");
}

START_TEST(validate_mutated_object_allowed)
{
	trials_run(check_webhooks, 3 * OBJECTS, OBJECTS / 4);
}
END_TEST

/* An object on its way out is never changed, however broken it is. */
static void check_delete(struct trial *trial)
{
	CLEANUP(json_decref) json_t *review = review_make(NULL, trial->object, NULL);
	CLEANUP(json_decref) json_t *reply = site_ask(&trial->site, review, false);

	EXPECT(trial, !json_at(reply, "response", "patch", NULL), "DELETE changes it");
}

START_TEST(delete_anything_never_mutates)
{
	trials_run(check_delete, 4 * OBJECTS, OBJECTS / 4);
}
END_TEST

/* All answers to one series of reviews, as one text. */
static char *answers(const struct site *site, struct hostile *hostile, bool dry_run)
{
	CLEANUP(json_decref) json_t *request = json_pack("{sb}", "dryRun", dry_run);
	CLEANUP(json_decref) json_t *list = json_array();

	for (uint64_t seed = 0; seed < 500; seed++) {
		CLEANUP(json_decref) json_t *object = hostile_object(hostile, seed);
		CLEANUP(json_decref) json_t *review = review_make(object, NULL, request);

		json_array_append_new(list, site_ask(site, review, false));
	}
	return json_dumps(list, 0);
}

/* A review leaves nothing behind: neither how often one was asked nor a dry run changes an answer. */
START_TEST(review_replayed_leaves_nothing_behind)
{
	CLEANUP(json_decref) json_t *object = site_read("base/http_route");
	CLEANUP(json_decref) json_t *review = review_make(object, NULL, NULL);
	CLEANUP(json_decref) json_t *first = NULL;
	CLEANUP(free) char *before = NULL;
	CLEANUP(free) char *dry = NULL;
	CLEANUP(free) char *after = NULL;
	struct hostile hostile;
	struct site site;

	site_init(&site, NULL);
	hostile_init(&hostile);
	first = site_ask(&site, review, false);
	before = answers(&site, &hostile, false);
	for (unsigned i = 0; i < REPLAYS; i++) {
		CLEANUP(json_decref) json_t *reply = site_ask(&site, review, false);

		ck_assert(json_equal(reply, first));
	}
	dry = answers(&site, &hostile, true);
	after = answers(&site, &hostile, false);
	ck_assert_str_eq(before, dry);
	ck_assert_str_eq(before, after);
	hostile_done(&hostile);
	site_done(&site);
}
END_TEST

SUITE(admission_properties, mutate_twice_same_as_once, patch_minimal_and_leads_to_the_chains_object,
      verdict_whatever_the_order_of_keys_same, validate_mutated_object_allowed,
      delete_anything_never_mutates, review_replayed_leaves_nothing_behind)
