/* SPDX-License-Identifier: Apache-2.0 */
/* The chain: one table of steps. */
#include "admission/admission.h"

#include <stdlib.h>
#include <string.h>

#include "admission/steps.h"
#include "base/arena.h"
#include "base/str.h"

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

static void run_steps(struct admission *admission)
{
	struct problems *problems = &admission->problems;

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i](admission) == STEP_DECIDED)
			break;
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

	run_steps(&admission);
	ret->allowed = !admission.problems.count;
	ret->object = json_incref(admission.object);
	ret->problems = admission.problems;
}

static int review_check(const json_t *review, struct error *err)
{
	const json_t *uid = json_at(review, "request", "uid", NULL);

	if (!str_equal(json_text(review, "apiVersion"), "admission.k8s.io/v1") ||
	    !str_equal(json_text(review, "kind"), "AdmissionReview"))
		return error_set(err, ERROR_INVALID,
				 "not an AdmissionReview of admission.k8s.io/v1");
	if (json_has(review, "response"))
		return error_set(err, ERROR_INVALID, "the AdmissionReview holds a response");
	if (!json_is_string(uid) || !json_string_length(uid))
		return error_set(err, ERROR_INVALID, "the AdmissionReview has no request.uid");
	return 0;
}

int admission_review(const struct admission_config *config, const json_t *review, json_t **ret,
		     struct error *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct admission admission = {
		.config = config,
		.arena = arena,
		.problems = { .arena = arena },
	};
	const json_t *request = json_object_get(review, "request");
	int r;

	r = review_check(review, err);
	if (r < 0)
		return r;
	if (step_review(&admission, request) == STEP_NEXT)
		run_steps(&admission);
	*ret = step_reply(&admission, json_object_get(request, "uid"));
	return 0;
}
