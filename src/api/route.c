/* SPDX-License-Identifier: Apache-2.0 */
/* Route: the one place that knows both of its shapes. */
#include "api/route.h"

#include "api/format.h"
#include "base/arena.h"
#include "base/str.h"

static const struct shape_field namespace_fields[] = {
	FIELD(struct namespace_labels, "name", name, SHAPE_STRING, .required = true,
	      .format = &format_dns_label),
	FIELD(struct namespace_labels, "labels", labels, SHAPE_MAP),
	{ 0 },
};
static const struct shape namespace_labels_shape = { sizeof(struct namespace_labels),
						     namespace_fields, NULL, false };

static const struct shape_field kubernetes_fields[] = {
	FIELD(struct route, "resource", resource, SHAPE_RAW),
	FIELD(struct route, "ingresses", ingresses, SHAPE_RAW),
	FIELD(struct route, "services", services_json, SHAPE_RAW),
	FIELD(struct route, "referenceGrants", grants_json, SHAPE_RAW),
	FIELD(struct route, "namespaces", namespaces, SHAPE_LIST, .of = &namespace_labels_shape,
	      .max = 256),
	{ 0 },
};
static const struct shape kubernetes_shape = { sizeof(struct route), kubernetes_fields, NULL,
					       false };

static const struct shape_field source_fields[] = {
	{ .name = "kubernetes", .type = SHAPE_OBJECT, .of = &kubernetes_shape },
	{ 0 },
};
static const struct shape source_shape = { sizeof(struct route), source_fields, NULL, false };

static const struct shape_field spec_fields[] = {
	FIELD(struct route, "endpoints", endpoints, SHAPE_LIST, .of = &endpoints_shape,
	      .required = true, .min = 1, .max = ENDPOINT_GROUPS_MAX),
	{ .name = "source", .type = SHAPE_OBJECT, .of = &source_shape },
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct route), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct route),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	FIELD(struct route, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape route_shape = { sizeof(struct route), fields, NULL, false };

/* What is embedded comes from an API server that may be newer than we: an unknown field is a
 * warning there. */
static enum shape_unknown embedded(enum shape_unknown unknown)
{
	return unknown == UNKNOWN_REFUSED ? UNKNOWN_WARNED : unknown;
}

static const char *const servable = "Ingress (networking.k8s.io/v1, networking.k8s.io/v1beta1, "
				    "extensions/v1beta1) or Gateway, HTTPRoute, GRPCRoute "
				    "(gateway.networking.k8s.io/v1)";

static void add_source(struct route *route, json_t *object, struct route_source source,
		       const struct path *path, enum shape_unknown unknown,
		       struct problems *problems)
{
	source.json = object;
	source.kind = kind_of(object);
	if (source.kind != KIND_INGRESS &&
	    (source.pre_scoped || (source.kind != KIND_GATEWAY && source.kind != KIND_HTTP_ROUTE &&
				   source.kind != KIND_GRPC_ROUTE))) {
		problems_add(problems, "RT002", PROBLEM_NOT_SUPPORTED, path,
			     arena_printf(problems->arena, "%s %s",
					  json_is_string(json_object_get(object, "apiVersion"))
						  ? json_text(object, "apiVersion")
						  : "",
					  json_is_string(json_object_get(object, "kind"))
						  ? json_text(object, "kind")
						  : ""),
			     "must be %s", source.pre_scoped ? "an Ingress" : servable);
		source.kind = KIND_UNKNOWN;
		return;
	}
	/* Every kind begins with its header. */
	source.ingress = shape_decode(kind_info(source.kind)->shape, object, embedded(unknown),
				      path, problems);
	source.header = &source.ingress->header;
	LIST_APPEND(problems->arena, &route->sources, source);
}

/* Is it a list that is worth decoding? */
static bool check_list(const json_t *list, size_t max, const char *rule, const struct path *path,
		       struct problems *problems)
{
	if (list && !json_is_array(list))
		problems_add(problems, rule, PROBLEM_INVALID, path, NULL, "must be a list");
	else if (json_array_size(list) > max)
		problems_add(problems, "RT009", PROBLEM_TOO_MANY, path, NULL,
			     "has %zu items; at most %zu are allowed", json_array_size(list), max);
	else
		return true;
	return false;
}

static void decode_sources(struct route *route, const struct path *at, enum shape_unknown unknown,
			   struct problems *problems)
{
	struct path path = path_key(at, "resource");
	json_t *ingress;
	size_t i;

	if (route->has_resource)
		add_source(route, route->resource, (struct route_source){ .field = "resource" },
			   &path, unknown, problems);
	path = path_key(at, "ingresses");
	if (!check_list(route->ingresses, ROUTE_SOURCES_MAX, "RT001", &path, problems))
		return;
	json_array_foreach(route->ingresses, i, ingress) {
		struct path item = path_index(&path, i);

		add_source(route, ingress,
			   (struct route_source){
				   .field = arena_printf(problems->arena, "ingresses[%zu]", i),
				   .index = i,
				   .pre_scoped = true,
			   },
			   &item, unknown, problems);
	}
}

static void decode_services(struct route *route, const struct path *at, enum shape_unknown unknown,
			    struct problems *problems)
{
	struct path path = path_key(at, "services");
	json_t *object;
	size_t i;

	if (!check_list(route->services_json, ROUTE_SERVICES_MAX, "RT004", &path, problems))
		return;
	json_array_foreach(route->services_json, i, object) {
		struct path item = path_index(&path, i);
		struct service *service =
			shape_decode(&service_shape, object, embedded(unknown), &item, problems);

		LIST_APPEND(problems->arena, &route->services, *service);
	}
}

static void decode_grants(struct route *route, const struct path *at, enum shape_unknown unknown,
			  struct problems *problems)
{
	struct path path = path_key(at, "referenceGrants");
	json_t *object;
	size_t i;

	if (!check_list(route->grants_json, ROUTE_GRANTS_MAX, "RT003", &path, problems))
		return;
	json_array_foreach(route->grants_json, i, object) {
		struct path item = path_index(&path, i), kind = path_key(&item, "kind");
		struct reference_grant *grant = shape_decode(&reference_grant_shape, object,
							     embedded(unknown), &item, problems);

		if (kind_of(object) != KIND_REFERENCE_GRANT) {
			problems_add(problems, "RT003", PROBLEM_NOT_SUPPORTED, &kind,
				     grant->header.kind,
				     "must be a ReferenceGrant of " GATEWAY_GROUP);
			continue;
		}
		LIST_APPEND(problems->arena, &route->grants, *grant);
	}
}

struct route *route_decode(const json_t *object, enum shape_unknown unknown,
			   struct problems *problems)
{
	struct route *route = shape_decode(&route_shape, object, unknown, NULL, problems);
	struct path spec = path_key(NULL, "spec");
	struct path source = path_key(&spec, "source");
	struct path at = path_key(&source, "kubernetes");

	route->has_resource = route->resource != NULL;
	route->has_ingresses = route->ingresses != NULL;
	decode_sources(route, &at, unknown, problems);
	decode_services(route, &at, unknown, problems);
	decode_grants(route, &at, unknown, problems);
	return route;
}

static void normalise_source(json_t *object)
{
	const char *version = json_text(object, "apiVersion");
	enum kind kind = kind_of(object);

	if (kind == KIND_INGRESS)
		ingress_upgrade(object);
	else if (str_equal(kind_info(kind)->group, GATEWAY_GROUP) &&
		 !str_equal(version, GATEWAY_GROUP "/v1"))
		json_object_set_new(object, "apiVersion", json_string(GATEWAY_GROUP "/v1"));
}

void route_normalise(json_t *object)
{
	json_t *kubernetes = json_at(object, "spec", "source", "kubernetes", NULL);
	json_t *ingress;
	size_t i;

	normalise_source(json_object_get(kubernetes, "resource"));
	json_array_foreach(json_object_get(kubernetes, "ingresses"), i, ingress)
		normalise_source(ingress);
}

const char *source_namespace(const struct route *route, const struct route_source *source)
{
	if (source->pre_scoped)
		return route->header.metadata.namespace;
	return embedded_namespace(source->header);
}

const char *embedded_namespace(const struct object_header *header)
{
	return header->metadata.namespace ? header->metadata.namespace : "default";
}

const struct service *route_service(const struct route *route, const struct route_source *source,
				    const char *namespace, const char *name, bool *ret_ambiguous)
{
	const struct service *found = NULL;

	if (ret_ambiguous)
		*ret_ambiguous = false;
	for (size_t i = 0; i < route->services.count; i++) {
		const struct service *service = &route->services.items[i];

		if (!str_equal(service->header.metadata.name, name))
			continue;
		if (!source->pre_scoped) {
			if (str_equal(embedded_namespace(&service->header), namespace))
				return service;
		} else if (found) {
			if (ret_ambiguous)
				*ret_ambiguous = true;
			return NULL;
		} else {
			found = service;
		}
	}
	return found;
}

int64_t route_upstream_port(const struct service *service, const struct service_port *port,
			    const struct endpoints *group)
{
	size_t index = (size_t)(port - service->ports.items);

	if (port->node_port)
		return port->node_port;
	for (size_t i = 0; !str_is_empty(port->name) && i < group->ports.count; i++)
		if (str_equal(group->ports.items[i].name, port->name))
			return group->ports.items[i].port;
	if (group->ports.count == 1)
		return group->ports.items[0].port;
	return group->ports.count == service->ports.count ? group->ports.items[index].port : 0;
}
