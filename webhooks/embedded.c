/* SPDX-License-Identifier: Apache-2.0 */
/* The identity of what a Route embeds. */
#include "webhooks/embedded.h"

#include "base/str.h"

bool namespace_is_of_another(const struct admission *admission, const char *namespace)
{
	return tenant_of_namespace(namespace) && !str_equal(namespace, admission->namespace);
}

void embedded_check_namespace(struct admission *admission, const struct metadata *metadata,
			      const struct path *at)
{
	const char *namespace = metadata->namespace;
	struct path path = path_key(at, "namespace");

	if (!str_has_prefix(namespace, "kube-") && !namespace_is_of_another(admission, namespace))
		return;
	problems_add(&admission->problems, "ID001", PROBLEM_FORBIDDEN, &path, namespace,
		     "must be the origin namespace or empty; none of Kubernetes' own and no other "
		     "tenant's");
}

void embedded_check_labels(struct admission *admission, const struct metadata *metadata,
			   const struct path *at)
{
	static const char *const hub[] = { LABEL_LB_NAME, LABEL_LB_NAMESPACE };
	const char *tenant = string_map_get(&metadata->labels, LABEL_TENANT);
	struct path labels = path_key(at, "labels"), path = path_key(&labels, LABEL_TENANT);

	if (tenant && !str_equal(tenant, admission->namespace))
		problems_add(&admission->problems, "ID001", PROBLEM_FORBIDDEN, &path, tenant,
			     "reserved; must be absent or the tenant's namespace");
	for (size_t i = 0; i < sizeof(hub) / sizeof(*hub); i++) {
		const char *value = string_map_get(&metadata->labels, hub[i]);

		path = path_key(&labels, hub[i]);
		if (value)
			problems_add(&admission->problems, "ID001", PROBLEM_FORBIDDEN, &path, value,
				     "reserved for the hub; remove it");
	}
}
