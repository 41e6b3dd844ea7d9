/* SPDX-License-Identifier: Apache-2.0 */
/* What every Kubernetes object has: metadata. */
#include "api/metadata.h"

#include <string.h>

#include "api/format.h"
#include "base/str.h"

static const struct shape_field fields[] = {
	FIELD(struct metadata, "name", name, SHAPE_STRING, .format = &format_dns_subdomain),
	FIELD(struct metadata, "namespace", namespace, SHAPE_STRING, .format = &format_dns_label),
	FIELD(struct metadata, "generateName", generate_name, SHAPE_STRING),
	FIELD(struct metadata, "uid", uid, SHAPE_STRING),
	FIELD(struct metadata, "resourceVersion", resource_version, SHAPE_STRING),
	FIELD(struct metadata, "creationTimestamp", creation_timestamp, SHAPE_STRING,
	      .format = &format_time),
	FIELD(struct metadata, "deletionTimestamp", deletion_timestamp, SHAPE_STRING,
	      .format = &format_time),
	FIELD(struct metadata, "generation", generation, SHAPE_INT),
	FIELD(struct metadata, "labels", labels, SHAPE_MAP),
	FIELD(struct metadata, "annotations", annotations, SHAPE_MAP),
	FIELD(struct metadata, "finalizers", finalizers, SHAPE_STRINGS),
	FIELD(struct metadata, "deletionGracePeriodSeconds", deletion_grace, SHAPE_RAW),
	FIELD(struct metadata, "selfLink", self_link, SHAPE_RAW),
	FIELD(struct metadata, "ownerReferences", owner_references, SHAPE_RAW),
	FIELD(struct metadata, "managedFields", managed_fields, SHAPE_RAW),
	{ 0 },
};

/* Kubernetes' own ceiling, keys and values together; an object that is embedded, or that no API server
 * sees, has none but this. */
#define ANNOTATION_BYTES_MAX (256 * 1024)

static void check_annotations(const void *decoded, const struct path *path,
			      struct problems *problems)
{
	const struct metadata *metadata = decoded;
	struct path at = path_key(path, "annotations");
	size_t bytes = 0;

	for (size_t i = 0; i < metadata->annotations.count; i++)
		bytes += strlen(metadata->annotations.items[i].key) +
			 strlen(metadata->annotations.items[i].value);
	if (bytes > ANNOTATION_BYTES_MAX)
		problems_add(problems, "API001", PROBLEM_TOO_LONG, &at, NULL,
			     "hold %zu bytes; at most %d are allowed", bytes, ANNOTATION_BYTES_MAX);
}

const struct shape metadata_shape = { sizeof(struct metadata), fields, check_annotations, false };

const char *tenant_of_namespace(const char *namespace)
{
	if (!str_has_prefix(namespace, TENANT_NAMESPACE_PREFIX) ||
	    !namespace[strlen(TENANT_NAMESPACE_PREFIX)])
		return NULL;
	return namespace + strlen(TENANT_NAMESPACE_PREFIX);
}
