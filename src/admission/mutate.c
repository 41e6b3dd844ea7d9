/* SPDX-License-Identifier: Apache-2.0 */
/* Step 4: what the hub puts into every object, and what the kind puts in. */
#include "admission/steps.h"
#include "api/metadata.h"
#include "base/str.h"

static json_t *object_member(json_t *object, const char *key)
{
	if (!json_has(object, key))
		json_object_set_new(object, key, json_object());
	return json_object_get(object, key);
}

static void stamp(struct admission *admission)
{
	json_t *metadata = object_member(admission->object, "metadata");
	json_t *labels;

	if (!json_is_object(metadata) || !*admission->namespace)
		return;
	if (!json_has(metadata, "namespace"))
		json_object_set_new(metadata, "namespace", json_string(admission->namespace));
	labels = object_member(metadata, "labels");
	if (json_is_object(labels) && !json_has(labels, LABEL_TENANT))
		json_object_set_new(labels, LABEL_TENANT, json_string(admission->namespace));
}

/* A status that a writer brings along says nothing. The API server puts the stored one into an UPDATE
 * itself, and that is left alone, so that the patch stays small. */
static void drop_status(struct admission *admission)
{
	const json_t *status = json_object_get(admission->object, "status");

	if (status && !json_equal(status, json_object_get(admission->old_object, "status")))
		json_object_del(admission->object, "status");
}

static bool is_stamped(enum kind kind)
{
	return kind != KIND_TENANT && kind != KIND_CONFIG;
}

bool admission_mutates(const struct admission_handler *handler)
{
	return handler->mutate || is_stamped(handler->kind);
}

enum step_result step_mutate(struct admission *admission)
{
	admission->object = admission->spare ? admission->spare
					     : json_adopt(admission->arena,
							  json_deep_copy(admission->original));
	if (is_stamped(admission->kind))
		stamp(admission);
	if (admission->caller == CALLER_TENANT)
		drop_status(admission);
	if (admission->handler->mutate)
		admission->handler->mutate(admission);
	return STEP_NEXT;
}
