/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations of a LoadBalancer, of a Route and of everything that it embeds. */
#include "webhooks/annotations.h"

#include <string.h>

#include "base/str.h"
#include "policy/annotations.h"

#define ANNOTATIONS_MAX 256
#define ANNOTATIONS_BYTES_MAX (16 * 1024)

/* kubectl's own copy of the whole object: as large as that, and nothing reads it here. */
#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

typedef void visit_fn(struct admission *admission, json_t *annotations, const struct path *path);

static void visit_metadata(struct admission *admission, const json_t *object,
			   const struct path *path, visit_fn *visit)
{
	struct path metadata = path_key(path, "metadata");
	struct path annotations = path_key(&metadata, "annotations");

	visit(admission, json_at(object, "metadata", "annotations", NULL), &annotations);
}

static void visit_list(struct admission *admission, const json_t *parent, const struct path *path,
		       const char *key, visit_fn *visit)
{
	struct path list = path_key(path, key);
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(parent, key), i, item) {
		struct path at = path_index(&list, i);

		visit_metadata(admission, item, &at, visit);
	}
}

static void visit_resource(struct admission *admission, const json_t *resource,
			   const struct path *path, visit_fn *visit)
{
	struct path spec = path_key(path, "spec");
	struct path infrastructure = path_key(&spec, "infrastructure");
	struct path annotations = path_key(&infrastructure, "annotations");

	visit_metadata(admission, resource, path, visit);
	visit(admission, json_at(resource, "spec", "infrastructure", "annotations", NULL),
	      &annotations);
}

static void visit_all(struct admission *admission, visit_fn *visit)
{
	const json_t *embedded = json_at(admission->object, "spec", "source", "kubernetes", NULL);
	struct path spec = path_key(NULL, "spec"), source = path_key(&spec, "source");
	struct path kubernetes = path_key(&source, "kubernetes");
	struct path resource = path_key(&kubernetes, "resource");

	visit_metadata(admission, admission->object, NULL, visit);
	if (admission->kind != KIND_ROUTE)
		return;
	visit_resource(admission, json_object_get(embedded, "resource"), &resource, visit);
	visit_list(admission, embedded, &kubernetes, "ingresses", visit);
	visit_list(admission, embedded, &kubernetes, "services", visit);
}

static size_t bytes_of(const json_t *annotations)
{
	size_t bytes = 0;
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)annotations, key, value)
		if (!str_equal(key, LAST_APPLIED))
			bytes += strlen(key) + json_string_length(value);
	return bytes;
}

/* What is too large to be looked at is refused as such. */
static bool fits(const json_t *annotations)
{
	return json_object_size(annotations) <= ANNOTATIONS_MAX &&
	       bytes_of(annotations) <= ANNOTATIONS_BYTES_MAX;
}

static enum annotation_fate fate_of(const struct admission *admission, const char *key,
				    const json_t *value, const char **ret_why)
{
	const char *text = json_string_value(value);

	return annotation_fate(policy_settings(admission->tenant), key, text ? text : "", ret_why);
}

static void drop(struct admission *admission, json_t *annotations, const struct path *path)
{
	const char *key, *why;
	json_t *value;
	void *next;

	if (!fits(annotations))
		return;
	json_object_foreach_safe(annotations, next, key, value) {
		struct path at = path_key(path, key);

		if (fate_of(admission, key, value, &why) != ANNOTATION_DROPPED)
			continue;
		problems_warn(&admission->problems, &at, "%s [RT004]", why);
		json_object_del(annotations, key);
	}
}

static void refuse(struct admission *admission, json_t *annotations, const struct path *path)
{
	const char *key, *why;
	json_t *value;

	if (!fits(annotations)) {
		problems_add(&admission->problems, "RT009", PROBLEM_TOO_LONG, path, NULL,
			     "holds %zu annotations of %zu bytes; at most %d of %d are allowed",
			     json_object_size(annotations), bytes_of(annotations), ANNOTATIONS_MAX,
			     ANNOTATIONS_BYTES_MAX);
		return;
	}
	json_object_foreach(annotations, key, value) {
		struct path at = path_key(path, key);

		if (fate_of(admission, key, value, &why) == ANNOTATION_REFUSED)
			problems_add(&admission->problems, "RT004", PROBLEM_FORBIDDEN, &at, NULL,
				     "%s", why);
	}
}

void annotations_mutate(struct admission *admission)
{
	visit_all(admission, drop);
}

void annotations_validate(struct admission *admission)
{
	visit_all(admission, refuse);
}
