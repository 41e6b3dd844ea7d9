/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on their way from a translation to whoever reads a status. */
#include "manager/condition.h"

#include "base/str.h"

static const json_t *condition_find(const json_t *conditions, const char *type)
{
	json_t *condition;
	size_t i;

	json_array_foreach(conditions, i, condition)
		if (str_equal(json_text(condition, "type"), type))
			return condition;
	return NULL;
}

/* What only Envoy's answer makes true. */
static void apply_answer(json_t *condition, const struct object_outcome *outcome)
{
	bool refused = outcome->state == OBJECT_REJECTED;

	if (!str_equal(json_text(condition, "type"), "Programmed") ||
	    !str_equal(json_text(condition, "status"), "True") ||
	    outcome->state == OBJECT_SERVING || outcome->state == OBJECT_CONFLICTED)
		return;
	json_object_set_new(condition, "status", json_string("False"));
	json_object_set_new(condition, "reason", json_string(refused ? "Invalid" : "Pending"));
	json_object_set_new(condition, "message",
			    json_lossy(refused && outcome->reason
					       ? outcome->reason
					       : "waiting for Envoy to acknowledge"));
}

static void stamp_conditions(json_t *conditions, const json_t *previous,
			     const struct object_outcome *outcome, const char *now)
{
	json_t *condition;
	size_t i;

	json_array_foreach(conditions, i, condition) {
		const json_t *before = condition_find(previous, json_text(condition, "type"));
		const char *since = json_text(before, "lastTransitionTime");

		apply_answer(condition, outcome);
		if (!since ||
		    !str_equal(json_text(before, "status"), json_text(condition, "status")))
			since = now;
		json_object_set_new(condition, "lastTransitionTime", json_string(since));
	}
}

/* Conditions lie at the top, in parents[] and in listeners[]; entries keep their places. */
static void stamp(json_t *status, const json_t *previous, const struct object_outcome *outcome,
		  const char *now)
{
	static const char *const lists[] = { "parents", "listeners" };
	json_t *item;
	size_t i;

	stamp_conditions(json_object_get(status, "conditions"),
			 json_object_get(previous, "conditions"), outcome, now);
	for (size_t list = 0; list < sizeof(lists) / sizeof(*lists); list++)
		json_array_foreach(json_object_get(status, lists[list]), i, item)
			stamp_conditions(
				json_object_get(item, "conditions"),
				json_object_get(
					json_array_get(json_object_get(previous, lists[list]), i),
					"conditions"),
				outcome, now);
}

json_t *status_now(const struct object_outcome *outcome, const json_t *previous, const char *now)
{
	json_t *status = outcome->status ? json_deep_copy(outcome->status) : json_object();

	stamp(status, previous, outcome, now);
	return status;
}
