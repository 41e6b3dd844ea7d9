/* SPDX-License-Identifier: Apache-2.0 */
/* The Services that a Route carries. */
#include "webhooks/services.h"

#include "base/str.h"
#include "webhooks/embedded.h"

static void strip_spec(struct admission *admission, json_t *spec, const struct path *path)
{
	static const char *const silent[] = { "clusterIP", "clusterIPs", "selector", NULL };
	static const char *const told[] = { "externalIPs", "loadBalancerIP", "loadBalancerClass",
					    "healthCheckNodePort", NULL };

	for (size_t i = 0; silent[i]; i++)
		json_object_del(spec, silent[i]);
	for (size_t i = 0; told[i]; i++) {
		struct path at = path_key(path, told[i]);

		if (json_object_del(spec, told[i]) == 0)
			problems_warn(&admission->problems, &at,
				      "dropped: the hub alone gives addresses");
	}
}

void services_mutate(struct admission *admission, json_t *services)
{
	struct path root = path_key(NULL, "spec"), source = path_key(&root, "source");
	struct path kubernetes = path_key(&source, "kubernetes");
	struct path list = path_key(&kubernetes, "services");
	json_t *service;
	size_t i;

	json_array_foreach(services, i, service) {
		struct path item = path_index(&list, i), spec = path_key(&item, "spec");

		strip_spec(admission, json_object_get(service, "spec"), &spec);
	}
}

static void check_identity(struct admission *admission, const struct route *route, size_t i,
			   const struct path *item)
{
	const struct service *service = &route->services.items[i];
	struct path kind = path_key(item, "kind"), metadata = path_key(item, "metadata");
	struct path name = path_key(&metadata, "name");
	const char *own = service->header.metadata.name;

	if (kind_find(service->header.api_version, service->header.kind) != KIND_SERVICE)
		problems_add(&admission->problems, "RT004", PROBLEM_NOT_SUPPORTED, &kind,
			     service->header.kind, "must be a Service of v1");
	if (str_is_empty(own)) {
		problems_add(&admission->problems, "RT004", PROBLEM_REQUIRED, &name, NULL,
			     "must be set");
		return;
	}
	for (size_t j = 0; j < i; j++) {
		const struct object_header *other = &route->services.items[j].header;

		if (str_equal(own, other->metadata.name) &&
		    str_equal(embedded_namespace(&service->header), embedded_namespace(other))) {
			problems_add(&admission->problems, "RT004", PROBLEM_DUPLICATE, &name, own,
				     "each Service once per namespace");
			return;
		}
	}
}

void services_validate(struct admission *admission, const struct route *route)
{
	struct path root = path_key(NULL, "spec"), source = path_key(&root, "source");
	struct path kubernetes = path_key(&source, "kubernetes");
	struct path list = path_key(&kubernetes, "services");

	for (size_t i = 0; i < route->services.count; i++) {
		struct path item = path_index(&list, i), spec = path_key(&item, "spec");
		struct path type = path_key(&spec, "type"), metadata = path_key(&item, "metadata");

		check_identity(admission, route, i, &item);
		embedded_check_labels(admission, &route->services.items[i].header.metadata,
				      &metadata);
		if (str_equal(route->services.items[i].type, "ExternalName"))
			problems_add(&admission->problems, "RT004", PROBLEM_FORBIDDEN, &type,
				     "ExternalName", "must be ClusterIP, NodePort or LoadBalancer");
	}
}
