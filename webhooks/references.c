/* SPDX-License-Identifier: Apache-2.0 */
/* What an embedded object refers to: found, granted (RT003, RT007), and leading somewhere. */
#include "base/str.h"
#include "policy/grants.h"
#include "webhooks/embedded.h"
#include "webhooks/source.h"

typedef void visit_fn(const struct source *, const struct source_reference *);

static const char * or (const char *text, const char *absent)
{
	return text ? text : absent;
}

static void visit_object(const struct source *source, enum reference_role role,
			 const struct path *path, const struct object_ref *ref, visit_fn *visit)
{
	const struct source_reference reference = {
		.role = role,
		.path = path,
		.group = or (ref->group, ""),
		.kind = or (ref->kind, "Service"),
		.namespace = ref->namespace,
		.name = ref->name,
		.port = ref->port,
	};

	if (ref->name)
		visit(source, &reference);
}

static void visit_filters(const struct source *source, const struct path *parent,
			  const struct filter_list *filters, visit_fn *visit)
{
	struct path list = path_key(parent, "filters");

	for (size_t i = 0; i < filters->count; i++) {
		struct path item = path_index(&list, i);
		struct path mirror = path_key(&item, "requestMirror");
		struct path ref = path_key(&mirror, "backendRef");

		if (filters->items[i].mirror)
			visit_object(source, ROLE_MIRROR, &ref,
				     &filters->items[i].mirror->backend_ref, visit);
	}
}

static void visit_rule(const struct source *source, size_t index, const struct filter_list *filters,
		       const struct backend_list *backends, visit_fn *visit)
{
	struct path rules = path_key(&source->spec, "rules"), rule = path_index(&rules, index);
	struct path list = path_key(&rule, "backendRefs");

	visit_filters(source, &rule, filters, visit);
	for (size_t i = 0; i < backends->count; i++) {
		struct path item = path_index(&list, i);

		visit_object(source, ROLE_BACKEND, &item, &backends->items[i].ref, visit);
		visit_filters(source, &item, &backends->items[i].filters, visit);
	}
}

static void visit_gateway(const struct source *source, const struct gateway *gateway,
			  visit_fn *visit)
{
	struct path listeners = path_key(&source->spec, "listeners");

	for (size_t i = 0; i < gateway->listeners.count; i++) {
		const struct gateway_tls *tls = gateway->listeners.items[i].tls;
		struct path listener = path_index(&listeners, i), at = path_key(&listener, "tls");
		struct path refs = path_key(&at, "certificateRefs");

		for (size_t j = 0; tls && j < tls->certificate_refs.count; j++) {
			const struct certificate_ref *ref = &tls->certificate_refs.items[j];
			struct path item = path_index(&refs, j);
			const struct source_reference reference = {
				.role = ROLE_CERTIFICATE,
				.path = &item,
				.group = or (ref->group, ""),
				.kind = or (ref->kind, "Secret"),
				.namespace = ref->namespace,
				.name = ref->name,
			};

			if (ref->name)
				visit(source, &reference);
		}
	}
}

static void visit_ingress_backend(const struct source *source, const struct path *path,
				  const struct ingress_backend *backend, visit_fn *visit)
{
	struct path service = path_key(path, "service");
	const struct source_reference reference = {
		.role = ROLE_BACKEND,
		.path = &service,
		.group = "",
		.kind = "Service",
		.name = backend ? backend->service : NULL,
		.port = backend ? backend->port_number : 0,
		.port_name =
			backend && !str_is_empty(backend->port_name) ? backend->port_name : NULL,
	};

	if (reference.name)
		visit(source, &reference);
}

static void visit_ingress(const struct source *source, const struct ingress *ingress,
			  visit_fn *visit)
{
	struct path fallback = path_key(&source->spec, "defaultBackend");
	struct path rules = path_key(&source->spec, "rules");

	visit_ingress_backend(source, &fallback, ingress->default_backend, visit);
	for (size_t i = 0; i < ingress->rules.count; i++) {
		const struct ingress_http *http = ingress->rules.items[i].http;
		struct path rule = path_index(&rules, i), at = path_key(&rule, "http");
		struct path paths = path_key(&at, "paths");

		for (size_t j = 0; http && j < http->paths.count; j++) {
			struct path item = path_index(&paths, j);
			struct path backend = path_key(&item, "backend");

			visit_ingress_backend(source, &backend, http->paths.items[j].backend,
					      visit);
		}
	}
}

void source_visit_references(const struct source *source, visit_fn *visit)
{
	const struct route_source *embedded = source->embedded;

	if (embedded->kind == KIND_INGRESS)
		visit_ingress(source, embedded->ingress, visit);
	else if (embedded->kind == KIND_GATEWAY)
		visit_gateway(source, embedded->gateway, visit);
	else if (embedded->kind == KIND_HTTP_ROUTE)
		for (size_t i = 0; i < embedded->http_route->rules.count; i++) {
			const struct http_rule *rule = &embedded->http_route->rules.items[i];

			visit_rule(source, i, &rule->filters, &rule->backend_refs, visit);
		}
	else if (embedded->kind == KIND_GRPC_ROUTE)
		for (size_t i = 0; i < embedded->grpc_route->rules.count; i++) {
			const struct grpc_rule *rule = &embedded->grpc_route->rules.items[i];

			visit_rule(source, i, &rule->filters, &rule->backend_refs, visit);
		}
}

/* The agent's sign that it found a reference without a grant: answered with 500, not refused. */
static bool is_placeholder(const struct source_reference *reference)
{
	return str_equal(reference->group, KUBELB_GROUP) &&
	       str_equal(reference->kind, KIND_REF_NOT_PERMITTED) && !reference->namespace;
}

static bool check_grant(const struct source *source, const struct source_reference *reference)
{
	const struct kind_info *from = kind_info(source->embedded->kind);
	bool certificate = reference->role == ROLE_CERTIFICATE;
	const struct reference asked = {
		.from_group = from->group,
		.from_kind = from->kind,
		.from_namespace = source->namespace,
		.to_group = reference->group,
		.to_kind = reference->kind,
		.to_namespace = or (reference->namespace, source->namespace),
		.to_name = reference->name,
	};
	struct path path = path_key(reference->path, "namespace");

	if (!namespace_is_of_another(source->admission, reference->namespace) &&
	    grants_allow(source->route->grants.items, source->route->grants.count, &asked))
		return true;
	problems_add(&source->admission->problems, certificate ? "RT007" : "RT003",
		     PROBLEM_FORBIDDEN, &path, reference->namespace,
		     "no ReferenceGrant there lets %s of namespace %.63s refer to this %.63s; must "
		     "be the %s's own namespace or granted in referenceGrants",
		     from->kind, source->namespace, reference->kind, from->kind);
	return false;
}

/* A backend that is not there is answered for its share, so it is told and not refused. */
static void check_port(const struct source *source, const struct source_reference *reference,
		       const struct service *service)
{
	const struct service_port *port =
		service_port_find(service, reference->port, reference->port_name);
	struct problems *problems = &source->admission->problems;
	struct path path = path_key(reference->path, "port");

	if (!reference->port && !reference->port_name)
		return;
	if (!port) {
		problems_warn(problems, &path,
			      "Service %.63s has no such port: the backend is unresolved",
			      reference->name);
		return;
	}
	for (size_t i = 0; i < source->route->endpoints.count; i++)
		if (!route_upstream_port(service, port, &source->route->endpoints.items[i]))
			problems_add(problems, "RT004", PROBLEM_INVALID, &path, reference->name,
				     "its port leads nowhere: the Service's port must have a "
				     "nodePort, or spec.endpoints[%zu].ports one of its name, only "
				     "one, or as many as the Service",
				     i);
}

static void check_service(const struct source *source, const struct source_reference *reference)
{
	const char *namespace = or (reference->namespace, source->namespace);
	struct problems *problems = &source->admission->problems;
	struct path path = path_key(reference->path, "name");
	const struct service *service;
	bool ambiguous;

	service = route_service(source->route, source->embedded, namespace, reference->name,
				&ambiguous);
	if (service)
		check_port(source, reference, service);
	else if (ambiguous)
		problems_add(problems, "RT003", PROBLEM_FORBIDDEN, &path, reference->name,
			     "is ambiguous: services[] has it in several namespaces; must have it "
			     "once");
	else
		problems_warn(problems, &path,
			      "Service %.63s is not in services[]: the backend is unresolved",
			      reference->name);
}

static void check_reference(const struct source *source, const struct source_reference *reference)
{
	const char *expected = reference->role == ROLE_CERTIFICATE ? "Secret" : "Service";

	if (is_placeholder(reference) || !check_grant(source, reference))
		return;
	if (!str_equal(reference->kind, expected) || *reference->group) {
		problems_warn(&source->admission->problems, reference->path,
			      "%.63s is no kind that is served here: the reference is unresolved "
			      "[RT008]",
			      reference->kind);
		return;
	}
	if (reference->role != ROLE_CERTIFICATE)
		check_service(source, reference);
}

static void check_parents(const struct source *source, const struct parent_list *parents)
{
	struct path list = path_key(&source->spec, "parentRefs");

	for (size_t i = 0; i < parents->count; i++) {
		const char *namespace = parents->items[i].namespace;
		struct path item = path_index(&list, i), path = path_key(&item, "namespace");

		if (namespace_is_of_another(source->admission, namespace))
			problems_add(&source->admission->problems, "RT006", PROBLEM_FORBIDDEN,
				     &path, namespace,
				     "must be absent or a namespace of the tenant's own cluster");
	}
}

void source_check_references(const struct source *source)
{
	const struct route_source *embedded = source->embedded;

	if (embedded->kind == KIND_HTTP_ROUTE)
		check_parents(source, &embedded->http_route->parent_refs);
	else if (embedded->kind == KIND_GRPC_ROUTE)
		check_parents(source, &embedded->grpc_route->parent_refs);
	source_visit_references(source, check_reference);
}
