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
#include "json/write.h"

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

static void write_causes(struct buf *buf, struct arena *arena, const struct problems *problems,
			 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct problem *problem = &problems->items[i];

		buf_puts(buf, i ? ",{" : "{");
		json_write_member(buf, "reason", cause_type(problem->type));
		json_write_member(buf, "message",
				  arena_printf(arena, "%s [%s]", problem->message, problem->rule));
		json_write_member(buf, "field", problem->field);
		buf_putc(buf, '}');
	}
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

static void write_message(struct buf *buf, const struct admission *admission, bool forbidden,
			  size_t count)
{
	const char *kind = kind_info(admission->kind)->kind;
	CLEANUP(buf_done) struct buf message = { 0 };

	if (!forbidden)
		buf_printf(&message, "%s %s is invalid: ", *kind ? kind : "object",
			   problem_quote(admission->arena, admission->name));
	add_lines(&message, &admission->problems, count);
	json_write_member(buf, "message", buf_text(&message));
}

static void write_status(struct buf *buf, const struct admission *admission)
{
	const struct problems *problems = &admission->problems;
	const struct kind_info *info = kind_info(admission->kind);
	bool forbidden = is_forbidden(problems);
	size_t count = problems_that_fit(problems);

	buf_puts(buf, ",\"status\":{");
	json_write_member(buf, "status", "Failure");
	write_message(buf, admission, forbidden, count);
	json_write_member(buf, "reason", forbidden ? "Forbidden" : "Invalid");
	buf_printf(buf, ",\"code\":%d,\"details\":{", forbidden ? 403 : 422);
	json_write_member(buf, "group", info->group);
	json_write_member(buf, "kind", info->kind);
	json_write_member(buf, "name", admission->name);
	buf_puts(buf, ",\"causes\":[");
	write_causes(buf, admission->arena, problems, count);
	buf_puts(buf, "]}}");
}

static size_t write_patch(struct buf *buf, const struct admission *admission)
{
	CLEANUP(buf_done) struct buf patch = { 0 };
	size_t operations = json_patch_diff(admission->original, admission->object, &patch);

	if (!operations)
		return 0;
	json_write_member(buf, "patchType", "JSONPatch");
	buf_puts(buf, ",\"patch\":\"");
	base64_encode(patch.data, patch.len, buf);
	buf_putc(buf, '"');
	return operations;
}

static void write_warnings(struct buf *buf, const struct problems *problems)
{
	buf_puts(buf, ",\"warnings\":[");
	for (size_t i = 0; i < problems->warnings.count; i++) {
		if (i)
			buf_putc(buf, ',');
		json_write_text(buf, problems->warnings.items[i]);
	}
	buf_putc(buf, ']');
}

size_t step_reply(const struct admission *admission, const struct review *review, struct buf *ret)
{
	const struct problems *problems = &admission->problems;
	size_t operations = 0;

	buf_puts(ret, "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
		      "\"response\":{\"uid\":\"");
	buf_add(ret, review->scan.text + review->uid->start, review->uid->length);
	buf_puts(ret, problems->count ? "\",\"allowed\":false" : "\",\"allowed\":true");
	if (problems->count)
		write_status(ret, admission);
	else if (admission->object && !admission->config->without_patch)
		operations = write_patch(ret, admission);
	if (problems->warnings.count)
		write_warnings(ret, problems);
	buf_puts(ret, "}}");
	return operations;
}
