/* SPDX-License-Identifier: Apache-2.0 */
/* Route: its defaults and rules; what is embedded is judged source by source. */
#include "api/route.h"

#include "base/arena.h"
#include "base/str.h"
#include "webhooks/annotations.h"
#include "webhooks/embedded.h"
#include "webhooks/endpoints.h"
#include "webhooks/kinds.h"
#include "webhooks/quota.h"
#include "webhooks/services.h"
#include "webhooks/source.h"

/* What a server sets and a hub object never takes from the tenant's. */
static void strip_object(json_t *object)
{
	static const char *const keys[] = { "uid",	     "resourceVersion",
					    "managedFields", "ownerReferences",
					    "finalizers",    NULL };
	json_t *metadata = json_object_get(object, "metadata");

	for (size_t i = 0; keys[i]; i++)
		json_object_del(metadata, keys[i]);
	json_object_del(object, "status");
}

void route_mutate(struct admission *admission)
{
	json_t *kubernetes = json_at(admission->object, "spec", "source", "kubernetes", NULL);
	json_t *item;
	size_t i;

	route_normalise(admission->object);
	strip_object(json_object_get(kubernetes, "resource"));
	json_array_foreach(json_object_get(kubernetes, "ingresses"), i, item)
		strip_object(item);
	json_array_foreach(json_object_get(kubernetes, "services"), i, item)
		strip_object(item);
	services_mutate(admission, json_object_get(kubernetes, "services"));
	annotations_mutate(admission);
}

static void check_shape(struct admission *admission, const struct route *route)
{
	struct path spec = path_key(NULL, "spec"), source = path_key(&spec, "source");
	struct path path = path_key(&source, "kubernetes");

	if (route->has_resource && route->has_ingresses)
		problems_add(&admission->problems, "RT001", PROBLEM_INVALID, &path, NULL,
			     "holds resource and ingresses; must hold exactly one of them");
	else if (!route->has_resource && !route->has_ingresses)
		problems_add(&admission->problems, "RT001", PROBLEM_REQUIRED, &path, NULL,
			     "must hold resource or ingresses");
	else if (route->has_ingresses && json_is_array(route->ingresses) &&
		 !json_array_size(route->ingresses))
		problems_warn(&admission->problems, &path, "holds no Ingress: serves nothing");
}

/* What is embedded must not claim to be the hub's. */
static void check_metadata(const struct source *source)
{
	const struct metadata *metadata = &source->embedded->header->metadata;
	struct path name = path_key(&source->metadata, "name");
	struct path namespace = path_key(&source->metadata, "namespace");

	if (str_is_empty(metadata->name))
		source_invalid(source, PROBLEM_REQUIRED, &name, NULL, "must be set");
	if (source->embedded->pre_scoped && metadata->namespace &&
	    !str_equal(metadata->namespace, source->admission->namespace))
		problems_add(&source->admission->problems, "RT003", PROBLEM_FORBIDDEN, &namespace,
			     metadata->namespace,
			     "must be absent or the Route's own namespace, %.63s",
			     source->admission->namespace);
	if (!source->embedded->pre_scoped)
		embedded_check_namespace(source->admission, metadata, &source->metadata);
	embedded_check_labels(source->admission, metadata, &source->metadata);
}

static bool is_disabled(const struct settings *settings, enum kind kind)
{
	if (kind == KIND_INGRESS)
		return settings->ingress.disable == YES;
	return settings->gateway_api.disable == YES ||
	       (kind == KIND_HTTP_ROUTE &&
		settings->gateway_api.disabled_kinds[DISABLED_HTTP_ROUTE] == YES) ||
	       (kind == KIND_GRPC_ROUTE &&
		settings->gateway_api.disabled_kinds[DISABLED_GRPC_ROUTE] == YES);
}

static void check_source(const struct source *source)
{
	enum kind kind = source->embedded->kind;
	struct path path = path_key(&source->object, "kind");

	check_metadata(source);
	if (is_disabled(policy_settings(source->admission->tenant), kind))
		problems_add(&source->admission->problems, "RT002", PROBLEM_FORBIDDEN, &path,
			     kind_info(kind)->kind, "is disabled by Config or Tenant");
	if (kind == KIND_INGRESS)
		source_check_ingress(source);
	else if (kind == KIND_GATEWAY)
		source_check_gateway(source);
	else if (kind == KIND_HTTP_ROUTE)
		source_check_http_route(source);
	else if (kind == KIND_GRPC_ROUTE)
		source_check_grpc_route(source);
}

void route_validate(struct admission *admission)
{
	const struct route *route = admission->decoded;

	check_shape(admission, route);
	for (size_t i = 0; i < route->sources.count; i++) {
		struct source source;

		source_init(&source, admission, route, &route->sources.items[i]);
		check_source(&source);
	}
	services_validate(admission, route);
	annotations_validate(admission);
}

void route_authorize(struct admission *admission)
{
	const struct route *route = admission->decoded;

	quota_check(admission);
	endpoints_check(admission, route->endpoints.items, route->endpoints.count);
	for (size_t i = 0; i < route->sources.count; i++) {
		struct source source;

		source_init(&source, admission, route, &route->sources.items[i]);
		source_check_references(&source);
	}
}
