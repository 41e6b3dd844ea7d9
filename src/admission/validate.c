/* SPDX-License-Identifier: Apache-2.0 */
/* Steps 5 and 6: the schema and the rules of the kind, and what it refers to. */
#include "admission/steps.h"

/* An object on its way out has to be able to go, even if it was stored before a rule was. */
static bool is_on_its_way_out(const struct admission *admission)
{
	return admission->caller == CALLER_OPERATOR && admission->operation == OPERATION_UPDATE &&
	       json_text(json_object_get(admission->old_object, "metadata"), "deletionTimestamp") &&
	       json_equal(json_object_get(admission->object, "spec"),
			  json_object_get(admission->old_object, "spec"));
}

enum step_result step_validate(struct admission *admission)
{
	if (is_on_its_way_out(admission))
		return STEP_DECIDED;
	admission->decoded = kind_decode(admission->kind, admission->object, UNKNOWN_REFUSED,
					 &admission->problems);
	if (admission->handler->validate)
		admission->handler->validate(admission);
	return STEP_NEXT;
}

enum step_result step_authorize(struct admission *admission)
{
	if (admission->handler->authorize)
		admission->handler->authorize(admission);
	return STEP_NEXT;
}
