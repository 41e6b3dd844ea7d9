/* SPDX-License-Identifier: Apache-2.0 */
/* What an embedded object says of where it lies. */
#include "webhooks/embedded.h"

#include "base/str.h"

bool namespace_is_of_another(const struct admission *admission, const char *namespace)
{
	return str_has_prefix(namespace, TENANT_NAMESPACE_PREFIX) &&
	       !str_equal(namespace, admission->namespace);
}

void embedded_check_labels(struct admission *admission, const struct path *path,
			   const struct metadata *metadata)
{
	static const char *const hubs[] = { LABEL_LB_NAME, LABEL_LB_NAMESPACE };
	struct path labels = path_key(path, "labels"), label = path_key(&labels, LABEL_TENANT);
	const char *tenant = string_map_get(&metadata->labels, LABEL_TENANT);

	if (tenant && !str_equal(tenant, admission->namespace))
		problems_add(&admission->problems, "ID001", PROBLEM_FORBIDDEN, &label, tenant,
			     "reserved; must be absent or the tenant's namespace");
	for (size_t i = 0; i < sizeof(hubs) / sizeof(*hubs); i++) {
		const char *value = string_map_get(&metadata->labels, hubs[i]);
		struct path at = path_key(&labels, hubs[i]);

		if (value)
			problems_add(&admission->problems, "ID001", PROBLEM_FORBIDDEN, &at, value,
				     "reserved for the hub; must be absent");
	}
}

void embedded_check_namespace(struct admission *admission, const struct path *path,
			      const struct metadata *metadata)
{
	struct path at = path_key(path, "namespace");

	if (namespace_is_of_another(admission, metadata->namespace) ||
	    str_has_prefix(metadata->namespace, "kube-"))
		problems_add(
			&admission->problems, "ID001", PROBLEM_FORBIDDEN, &at, metadata->namespace,
			"must be absent or the namespace of the tenant's cluster that it comes "
			"from: none of kube-*, none of another tenant");
}
