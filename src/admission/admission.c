/* SPDX-License-Identifier: Apache-2.0 */
/* The chain: one table of steps. */
#include "admission/admission.h"

#include <stdlib.h>
#include <string.h>

#include "admission/steps.h"
#include "base/arena.h"
#include "base/str.h"
#include "json/pool.h"

#define MEMORY_MAX (64UL << 20)

/* Between step_review(), which fills in what is asked, and step_reply(), which tells what came out. */
static enum step_result (*const steps[])(struct admission *) = {
	step_authenticate, step_scope, step_mutate, step_validate, step_authorize,
};

void admission_forbid(struct admission *admission, const struct path *path, const char *value,
		      const char *why)
{
	problems_add(&admission->problems, "ID001", PROBLEM_FORBIDDEN, path, value, "%s", why);
}

/* Fields in natural order ("ports[2]" before "ports[10]"); the last resort, "more were left out", has no
 * field and stays last. */
static int problem_order(const void *a, const void *b)
{
	const struct problem *x = a, *y = b;
	int order = !*x->field - !*y->field;

	if (!order)
		order = strverscmp(x->field, y->field);
	if (!order)
		order = strcmp(x->rule, y->rule);
	return order ? order : strcmp(x->message, y->message);
}

void admission_refuse_subresource(struct admission *admission, const struct path *path)
{
	problems_add(&admission->problems, "API001", PROBLEM_NOT_SUPPORTED, path,
		     admission->subresource, "must be \"status\" or the object itself");
}

size_t admission_memory_max(const struct admission_config *config)
{
	return config->memory_max ? config->memory_max : MEMORY_MAX;
}

int admission_refuse_memory(struct error *err)
{
	return error_set(err, ERROR_BUSY, "the review takes more memory than one may");
}

/* Each step's own input has ceilings, so that it is enough to look between them. */
static int run_steps(struct admission *admission, struct error *err)
{
	size_t max = admission_memory_max(admission->config);
	enum step_result result = STEP_NEXT;

	for (size_t i = 0; result == STEP_NEXT && i < sizeof(steps) / sizeof(*steps); i++) {
		result = steps[i](admission);
		if (arena_used(admission->arena) > max)
			return admission_refuse_memory(err);
	}
	return 0;
}

static void sort_problems(struct problems *problems)
{
	if (problems->count)
		qsort(problems->items, problems->count, sizeof(*problems->items), problem_order);
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

void admission_decide(const struct admission_config *config,
		      const struct admission_request *request, struct arena *arena,
		      struct verdict *ret)
{
	const json_t *object =
		request->operation == OPERATION_DELETE ? request->old_object : request->object;
	const json_t *metadata = json_object_get(object, "metadata");
	struct admission admission = {
		.config = config,
		.arena = arena,
		.operation = request->operation,
		.user = text_or_empty(request->user),
		.groups = request->groups,
		.subresource = "",
		.kind = kind_of(object),
		.namespace = text_or_empty(json_text(metadata, "namespace")),
		.namespace_written = true,
		.name = text_or_empty(json_text(metadata, "name")),
		.original = request->operation == OPERATION_DELETE ? NULL : request->object,
		.old_object = request->old_object,
		.problems = { .arena = arena },
	};
	struct error err;

	if (run_steps(&admission, &err) < 0)
		problems_add(&admission.problems, "API001", PROBLEM_TOO_LONG, NULL, NULL, "%s",
			     err.text);
	sort_problems(&admission.problems);
	ret->allowed = !admission.problems.count;
	ret->object = json_incref(admission.object);
	ret->problems = admission.problems;
}

/* A list whose end was not built is over its ceiling, which its own rule tells; this is for one that
 * has none. */
static void refuse_cut(struct admission *admission)
{
	const struct path path = path_key(NULL, "object");

	if (!admission->problems.count)
		problems_add(&admission->problems, "API001", PROBLEM_TOO_MANY, &path, NULL,
			     "holds a list of more than %d items", REVIEW_ITEMS_MAX);
}

static struct admission_outcome outcome_of(const struct admission *admission,
					   const struct review *review)
{
	return (struct admission_outcome){
		.uid = scan_string(&review->scan, review->uid, admission->arena),
		.user = admission->user,
		.namespace = admission->namespace,
		.name = admission->name,
		.subresource = admission->subresource,
		.operation = review->operation,
		.kind = admission->kind,
		.caller = admission->caller,
		.dry_run = review->dry_run,
		.allowed = !admission->problems.count,
		.problems = admission->problems,
	};
}

/* The verdict and its reply, in the pool that admission_serve() made of the arena. */
static int answer(struct admission *admission, struct review *review, enum kind kind,
		  struct buf *ret, struct admission_outcome *ret_outcome, struct error *err)
{
	enum step_result result = step_review(admission, review, kind, err);
	int r;

	if (result == STEP_FAILED)
		return -(int)err->code;
	if (result == STEP_NEXT) {
		r = run_steps(admission, err);
		if (r < 0)
			return r;
	}
	if (review->is_cut)
		refuse_cut(admission);
	sort_problems(&admission->problems);
	*ret_outcome = outcome_of(admission, review);
	ret_outcome->patch_operations = step_reply(admission, review, ret);
	return 0;
}

int admission_serve(const struct admission_config *config, enum kind kind, const char *body,
		    size_t length, struct arena *arena, struct buf *ret,
		    struct admission_outcome *ret_outcome, struct error *err)
{
	CLEANUP(review_done) struct review review = { 0 };
	struct admission admission = {
		.config = config,
		.arena = arena,
		.problems = { .arena = arena },
	};
	struct arena *pool;
	int r;

	r = review_read(body, length, &review, err);
	if (r < 0)
		return r;
	arena_charge(arena, review.scan.count * sizeof(*review.scan.nodes));
	pool = json_pool_enter(arena);
	r = answer(&admission, &review, kind, ret, ret_outcome, err);
	json_pool_leave(pool);
	return r;
}
