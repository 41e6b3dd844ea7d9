/* SPDX-License-Identifier: Apache-2.0 */
/* Every reference of an embedded object, as it stands there. */
#include "base/str.h"
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

/* A reference in a part that is kept as JSON. */
static void visit_json(const struct source *source, const struct path *path, const json_t *ref,
		       const char *kind, visit_fn *visit)
{
	const struct source_reference reference = {
		.role = ROLE_UNUSED,
		.path = path,
		.group = or (json_text(ref, "group"), ""),
		.kind = or (json_text(ref, "kind"), kind),
		.namespace = json_text(ref, "namespace"),
		.name = json_text(ref, "name"),
	};

	if (reference.name)
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

		struct path auth = path_key(&item, "externalAuth");
		struct path asked = path_key(&auth, "backendRef");

		if (filters->items[i].mirror)
			visit_object(source, ROLE_MIRROR, &ref,
				     &filters->items[i].mirror->backend_ref, visit);
		visit_json(source, &asked,
			   json_object_get(filters->items[i].external_auth, "backendRef"),
			   "Service", visit);
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

static void visit_authorities(const struct source *source, const struct path *parent,
			      const json_t *tls, visit_fn *visit)
{
	struct path validation = path_key(parent, "validation");
	struct path list = path_key(&validation, "caCertificateRefs");
	const json_t *ref;
	size_t i;

	json_array_foreach(json_at(tls, "validation", "caCertificateRefs", NULL), i, ref) {
		struct path item = path_index(&list, i);

		visit_json(source, &item, ref, "ConfigMap", visit);
	}
}

static void visit_gateway_tls(const struct source *source, const json_t *tls, visit_fn *visit)
{
	struct path at = path_key(&source->spec, "tls"), backend = path_key(&at, "backend");
	struct path client = path_key(&backend, "clientCertificateRef");
	struct path frontend = path_key(&at, "frontend"), fallback = path_key(&frontend, "default");
	struct path ports = path_key(&frontend, "perPort");
	const json_t *port;
	size_t i;

	visit_json(source, &client, json_at(tls, "backend", "clientCertificateRef", NULL), "Secret",
		   visit);
	visit_authorities(source, &fallback, json_at(tls, "frontend", "default", NULL), visit);
	json_array_foreach(json_at(tls, "frontend", "perPort", NULL), i, port) {
		struct path item = path_index(&ports, i), inner = path_key(&item, "tls");

		visit_authorities(source, &inner, json_object_get(port, "tls"), visit);
	}
}

static void visit_gateway(const struct source *source, const struct gateway *gateway,
			  visit_fn *visit)
{
	struct path listeners = path_key(&source->spec, "listeners");

	visit_gateway_tls(source, gateway->tls, visit);
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
