/* SPDX-License-Identifier: Apache-2.0 */
/* Step 2: who asks. Only the user's exact name and the operator's groups count; what the object says
 * of itself never does. */
#include <string.h>

#include "admission/steps.h"
#include "base/arena.h"
#include "base/str.h"

#define SERVICE_ACCOUNT "system:serviceaccount:"

/* The two that Kubernetes needs so that namespaces and orphans can go, and the name that both have
 * where they do not run under their own. */
static const char *const controllers[] = {
	SERVICE_ACCOUNT "kube-system:namespace-controller",
	SERVICE_ACCOUNT "kube-system:generic-garbage-collector",
	"system:kube-controller-manager",
	NULL,
};

static bool is_operator(const struct admission *admission)
{
	const struct admission_config *config = admission->config;

	if (config->operator_users && str_in(admission->user, config->operator_users))
		return true;
	for (size_t i = 0; config->operator_groups && admission->groups && admission->groups[i];
	     i++)
		if (str_in(admission->groups[i], config->operator_groups))
			return true;
	return false;
}

/* The namespace of "system:serviceaccount:<namespace>:<name>", or NULL. */
static const char *service_account_namespace(struct arena *arena, const char *user)
{
	const char *namespace, *colon;

	if (!str_has_prefix(user, SERVICE_ACCOUNT))
		return NULL;
	namespace = user + strlen(SERVICE_ACCOUNT);
	colon = strchr(namespace, ':');
	if (!colon || !colon[1] || strchr(colon + 1, ':'))
		return NULL;
	return arena_strndup(arena, namespace, (size_t)(colon - namespace));
}

/* The object without what a controller may change on its way out. */
static json_t *without_lifecycle(struct arena *arena, const json_t *object)
{
	static const char *const keys[] = { "finalizers",
					    "deletionTimestamp",
					    "deletionGracePeriodSeconds",
					    "resourceVersion",
					    "generation",
					    "managedFields",
					    NULL };
	json_t *copy = json_deep_copy(object);

	for (size_t i = 0; keys[i]; i++)
		json_object_del(json_object_get(copy, "metadata"), keys[i]);
	return json_adopt(arena, copy);
}

static enum step_result judge_controller(struct admission *admission)
{
	const struct path path = path_key(NULL, "user");

	if (admission->operation == OPERATION_DELETE)
		return STEP_DECIDED;
	if (admission->operation == OPERATION_CREATE ||
	    !json_equal(without_lifecycle(admission->arena, admission->original),
			without_lifecycle(admission->arena, admission->old_object)))
		admission_forbid(admission, &path, admission->user,
				 "may delete and change finalizers, nothing else");
	return STEP_DECIDED;
}

enum step_result step_authenticate(struct admission *admission)
{
	const struct path user = path_key(NULL, "user");
	const char *namespace = service_account_namespace(admission->arena, admission->user);

	if (is_operator(admission)) {
		admission->caller = CALLER_OPERATOR;
		return STEP_NEXT;
	}
	if (str_in(admission->user, controllers)) {
		admission->caller = CALLER_CONTROLLER;
		return judge_controller(admission);
	}
	if (tenant_of_namespace(namespace)) {
		admission->caller = CALLER_TENANT;
		admission->caller_namespace = namespace;
		return STEP_NEXT;
	}
	admission_forbid(admission, &user, admission->user,
			 "is neither a tenant's ServiceAccount nor an operator");
	return STEP_DECIDED;
}
