/* SPDX-License-Identifier: Apache-2.0 */
/* Step 1: what an AdmissionReview asks. */
#include <string.h>

#include "admission/steps.h"
#include "base/arena.h"
#include "base/str.h"

/* "" for what is missing, no string, or would end early for C. */
static const char *text_of(const json_t *value)
{
	const char *text = json_string_value(value);

	return text && strlen(text) == json_string_length(value) ? text : "";
}

static const char *text_at(const json_t *object, const char *key)
{
	return text_of(json_object_get(object, key));
}

static const char *const *groups_of(struct arena *arena, const json_t *user)
{
	const json_t *list = json_object_get(user, "groups");
	const char **groups = arena_alloc(arena, json_array_size(list) + 1, sizeof(*groups));
	const json_t *group;
	size_t i;

	json_array_foreach(list, i, group)
		groups[i] = text_of(group);
	return groups;
}

static bool read_operation(struct admission *admission, const char *text)
{
	if (str_equal(text, "CREATE"))
		admission->operation = OPERATION_CREATE;
	else if (str_equal(text, "UPDATE"))
		admission->operation = OPERATION_UPDATE;
	else if (str_equal(text, "DELETE"))
		admission->operation = OPERATION_DELETE;
	else
		return false;
	return true;
}

static const json_t *object_at(const json_t *request, const char *key)
{
	return json_has(request, key) ? json_object_get(request, key) : NULL;
}

static enum kind kind_at(struct arena *arena, const json_t *gvk)
{
	const char *group = text_at(gvk, "group");
	const char *version = text_at(gvk, "version");

	return kind_find(*group ? arena_printf(arena, "%s/%s", group, version) : version,
			 text_at(gvk, "kind"));
}

/* The request's words about the object have to be the object's own. */
static bool check_agreement(struct admission *admission)
{
	const json_t *judged = admission->original ? admission->original : admission->old_object;
	const struct path kind = path_key(NULL, "kind");
	const struct path metadata = path_key(NULL, "metadata");
	const struct path at = path_key(&metadata, "namespace");
	const char *namespace = json_text(json_object_get(judged, "metadata"), "namespace");

	if (judged && kind_of(judged) != admission->kind) {
		problems_add(&admission->problems, "API001", PROBLEM_INVALID, &kind,
			     json_text(judged, "kind"), "must be the kind of the request");
		return false;
	}
	if (namespace && !str_equal(namespace, admission->namespace)) {
		problems_add(&admission->problems, "ID001", PROBLEM_INVALID, &at, namespace,
			     "must be the namespace of the request");
		return false;
	}
	return true;
}

enum step_result step_review(struct admission *admission, const json_t *request)
{
	const json_t *user = json_object_get(request, "userInfo");
	const struct path operation = path_key(NULL, "operation");
	const struct path object = path_key(NULL, "object");

	admission->user = text_at(user, "username");
	admission->groups = groups_of(admission->arena, user);
	admission->subresource = text_at(request, "subResource");
	admission->kind = kind_at(admission->arena, json_object_get(request, "kind"));
	admission->namespace = text_at(request, "namespace");
	admission->name = text_at(request, "name");
	admission->old_object = object_at(request, "oldObject");
	if (!read_operation(admission, text_at(request, "operation"))) {
		problems_add(&admission->problems, "API001", PROBLEM_NOT_SUPPORTED, &operation,
			     text_at(request, "operation"), "must be CREATE, UPDATE or DELETE");
		return STEP_DECIDED;
	}
	if (admission->operation != OPERATION_DELETE) {
		admission->original = object_at(request, "object");
		if (!json_is_object(admission->original)) {
			problems_add(&admission->problems, "API001", PROBLEM_REQUIRED, &object,
				     NULL, "must hold the object");
			return STEP_DECIDED;
		}
	}
	return check_agreement(admission) ? STEP_NEXT : STEP_DECIDED;
}
