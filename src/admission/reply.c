/* SPDX-License-Identifier: Apache-2.0 */
/* Step 7: the AdmissionReview that answers, in the form in which kubectl shows it. kubectl prints the
 * causes of a 422 or the message of a 403, never both, so each holds everything. */
#include <string.h>

#include "admission/steps.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/memory.h"
#include "base/str.h"
#include "json/patch_diff.h"

#define TEXT_MAX (64 * 1024)

static const char *cause_type(enum problem_type type)
{
	switch (type) {
	case PROBLEM_INVALID:
		return "FieldValueInvalid";
	case PROBLEM_REQUIRED:
		return "FieldValueRequired";
	case PROBLEM_DUPLICATE:
		return "FieldValueDuplicate";
	case PROBLEM_FORBIDDEN:
		return "FieldValueForbidden";
	case PROBLEM_NOT_SUPPORTED:
		return "FieldValueNotSupported";
	case PROBLEM_NOT_FOUND:
		return "FieldValueNotFound";
	case PROBLEM_TOO_MANY:
		return "FieldValueTooMany";
	case PROBLEM_TOO_LONG:
		return "FieldValueTooLong";
	}
	return "FieldValueInvalid";
}

/* How many problems fit into the text that a reply may hold. */
static size_t problems_that_fit(const struct problems *problems)
{
	size_t length = 0, i;

	for (i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];

		length += strlen(problem->field) + strlen(problem->message) + 32;
		if (length > TEXT_MAX)
			break;
	}
	return i;
}

static json_t *causes(struct arena *arena, const struct problems *problems, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = &problems->items[i];
		const char *message =
			arena_printf(arena, "%s [%s]", problem->message, problem->rule);

		json_array_append_new(list,
				      json_pack("{ssssss}", "reason", cause_type(problem->type),
						"message", message, "field", problem->field));
	}
	return list;
}

static void add_lines(struct buf *buf, const struct problems *problems, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = &problems->items[i];

		buf_printf(buf, "%s%s%s%s [%s]", i ? "\n" : "", problem->field,
			   *problem->field ? ": " : "", problem->message, problem->rule);
	}
	if (count < problems->count)
		buf_printf(buf, "\n%zu more problems were left out", problems->count - count);
}

/* Not theirs to do, rather than malformed. */
static bool is_forbidden(const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].type == PROBLEM_FORBIDDEN &&
		    !str_equal(problems->items[i].rule, "API001"))
			return true;
	return false;
}

static json_t *status(const struct admission *admission)
{
	const struct problems *problems = &admission->problems;
	const struct kind_info *info = kind_info(admission->kind);
	bool forbidden = is_forbidden(problems);
	size_t count = problems_that_fit(problems);
	CLEANUP(buf_done) struct buf message = { 0 };

	if (!forbidden)
		buf_printf(&message, "%s %s is invalid: ", *info->kind ? info->kind : "object",
			   problem_quote(admission->arena, admission->name));
	add_lines(&message, problems, count);
	return json_pack("{sssssssis{ssssssso}}", "status", "Failure", "message",
			 buf_text(&message), "reason", forbidden ? "Forbidden" : "Invalid", "code",
			 forbidden ? 403 : 422, "details", "group", info->group, "kind", info->kind,
			 "name", admission->name, "causes",
			 causes(admission->arena, problems, count));
}

static void add_patch(const struct admission *admission, json_t *response)
{
	CLEANUP(json_decref)
	json_t *patch = json_patch_diff(admission->original, admission->object);
	CLEANUP(free) char *text = json_compact(patch);
	CLEANUP(buf_done) struct buf encoded = { 0 };

	if (!json_array_size(patch))
		return;
	base64_encode(text, strlen(text), &encoded);
	json_object_set_new(response, "patchType", json_string("JSONPatch"));
	json_object_set_new(response, "patch", json_string(buf_text(&encoded)));
}

json_t *step_reply(struct admission *admission, json_t *uid)
{
	const struct problems *problems = &admission->problems;
	json_t *response = json_pack("{sOsb}", "uid", uid, "allowed", !problems->count);

	if (problems->count)
		json_object_set_new(response, "status", status(admission));
	else if (admission->object && !admission->config->without_patch)
		add_patch(admission, response);
	if (problems->warnings.count) {
		json_t *warnings = json_array();

		for (size_t i = 0; i < problems->warnings.count; i++)
			json_array_append_new(warnings, json_string(problems->warnings.items[i]));
		json_object_set_new(response, "warnings", warnings);
	}
	return json_pack("{ssssso}", "apiVersion", "admission.k8s.io/v1", "kind", "AdmissionReview",
			 "response", response);
}
