/* SPDX-License-Identifier: Apache-2.0 */
/* networking.k8s.io/v1 Ingress, and the older versions brought to its form. */
#include "api/ingress.h"

#include "api/format.h"
#include "base/str.h"

static const char *const path_types[] = { "Exact", "Prefix", "ImplementationSpecific", NULL };

static const struct shape_field port_fields[] = {
	FIELD(struct ingress_backend, "number", port_number, SHAPE_INT, .max = 65535),
	FIELD(struct ingress_backend, "name", port_name, SHAPE_STRING,
	      .format = &format_port_name_or_none),
	{ 0 },
};
static const struct shape port_shape = { sizeof(struct ingress_backend), port_fields, NULL, false };

static const struct shape_field service_fields[] = {
	FIELD(struct ingress_backend, "name", service, SHAPE_STRING, .required = true,
	      .format = &format_dns_label),
	{ .name = "port", .type = SHAPE_OBJECT, .of = &port_shape, .required = true },
	{ 0 },
};
static const struct shape service_backend_shape = { sizeof(struct ingress_backend), service_fields,
						    NULL, false };

static void check_backend(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct ingress_backend *backend = decoded;

	if (!backend->service == !backend->resource)
		problems_add(problems, "API001", PROBLEM_INVALID, path, NULL,
			     "needs exactly one of service and resource");
	else if (backend->service && !backend->port_number == str_is_empty(backend->port_name))
		problems_add(problems, "API001", PROBLEM_INVALID, path, NULL,
			     "service.port needs exactly one of number and name");
}

/* core/v1 TypedLocalObjectReference */
struct resource_ref {
	const char *group, *kind, *name;
};

static const struct shape_field resource_fields[] = {
	FIELD(struct resource_ref, "apiGroup", group, SHAPE_STRING, .format = &format_group),
	FIELD(struct resource_ref, "kind", kind, SHAPE_STRING, .required = true,
	      .format = &format_path_segment),
	FIELD(struct resource_ref, "name", name, SHAPE_STRING, .required = true,
	      .format = &format_path_segment),
	{ 0 },
};
static const struct shape resource_shape = { sizeof(struct resource_ref), resource_fields, NULL,
					     false };

static const struct shape_field backend_fields[] = {
	{ .name = "service", .type = SHAPE_OBJECT, .of = &service_backend_shape },
	FIELD(struct ingress_backend, "resource", resource, SHAPE_RAW, .of = &resource_shape),
	{ 0 },
};
static const struct shape backend_shape = { sizeof(struct ingress_backend), backend_fields,
					    check_backend, false };

static const struct shape_field path_fields[] = {
	FIELD(struct ingress_path, "path", path, SHAPE_STRING),
	FIELD(struct ingress_path, "pathType", path_type, SHAPE_STRING, .required = true,
	      .values = path_types),
	FIELD(struct ingress_path, "backend", backend, SHAPE_POINTER, .of = &backend_shape,
	      .required = true),
	{ 0 },
};
static const struct shape path_shape = { sizeof(struct ingress_path), path_fields, NULL, false };

static const struct shape_field http_fields[] = {
	FIELD(struct ingress_http, "paths", paths, SHAPE_LIST, .of = &path_shape, .required = true,
	      .min = 1, .max = 1024),
	{ 0 },
};
static const struct shape http_shape = { sizeof(struct ingress_http), http_fields, NULL, false };

static const struct shape_field rule_fields[] = {
	FIELD(struct ingress_rule, "host", host, SHAPE_STRING),
	FIELD(struct ingress_rule, "http", http, SHAPE_POINTER, .of = &http_shape),
	{ 0 },
};
static const struct shape rule_shape = { sizeof(struct ingress_rule), rule_fields, NULL, false };

static const struct shape_field tls_fields[] = {
	FIELD(struct ingress_tls, "hosts", hosts, SHAPE_STRINGS, .max = 64),
	FIELD(struct ingress_tls, "secretName", secret_name, SHAPE_STRING,
	      .format = &format_dns_subdomain_or_none),
	{ 0 },
};
static const struct shape tls_shape = { sizeof(struct ingress_tls), tls_fields, NULL, false };

static void check_spec(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct ingress *ingress = decoded;

	if (!ingress->rules.count && !ingress->default_backend)
		problems_add(problems, "API001", PROBLEM_REQUIRED, path, NULL,
			     "needs rules or a defaultBackend");
}

static const struct shape_field spec_fields[] = {
	FIELD(struct ingress, "ingressClassName", class_name, SHAPE_STRING,
	      .format = &format_dns_subdomain),
	FIELD(struct ingress, "defaultBackend", default_backend, SHAPE_POINTER,
	      .of = &backend_shape),
	FIELD(struct ingress, "rules", rules, SHAPE_LIST, .of = &rule_shape, .max = 256),
	FIELD(struct ingress, "tls", tls, SHAPE_LIST, .of = &tls_shape, .max = 64),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct ingress), spec_fields, check_spec, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct ingress),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	FIELD(struct ingress, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape ingress_shape = { sizeof(struct ingress), fields, NULL, false };

/* serviceName and servicePort to service.name and service.port; a string is always a name. */
static void upgrade_backend(json_t *backend)
{
	const json_t *port = json_object_get(backend, "servicePort");
	json_t *name = json_object_get(backend, "serviceName");
	json_t *service;

	if (!name && !port)
		return;
	service = json_object();
	if (name)
		json_object_set(service, "name", name);
	if (port)
		json_object_set_new(
			service, "port",
			json_pack("{sO}", json_is_string(port) ? "name" : "number", port));
	json_object_set_new(backend, "service", service);
	json_object_del(backend, "serviceName");
	json_object_del(backend, "servicePort");
}

static void upgrade_rule(const json_t *rule)
{
	json_t *path;
	size_t i;

	json_array_foreach(json_at(rule, "http", "paths", NULL), i, path) {
		if (!json_is_object(path))
			continue;
		if (!json_has(path, "pathType"))
			json_object_set_new(path, "pathType",
					    json_string("ImplementationSpecific"));
		upgrade_backend(json_object_get(path, "backend"));
	}
}

static void upgrade_spec(json_t *spec)
{
	json_t *backend = json_object_get(spec, "backend");
	json_t *rule;
	size_t i;

	if (backend) {
		upgrade_backend(backend);
		if (!json_has(spec, "defaultBackend"))
			json_object_set(spec, "defaultBackend", backend);
		json_object_del(spec, "backend");
	}
	json_array_foreach(json_object_get(spec, "rules"), i, rule)
		upgrade_rule(rule);
}

void ingress_upgrade(json_t *ingress)
{
	const char *version = json_text(ingress, "apiVersion");
	json_t *spec = json_object_get(ingress, "spec");
	const char *class = json_text(json_at(ingress, "metadata", "annotations", NULL),
				      INGRESS_CLASS_ANNOTATION);

	if (!str_equal(version, "extensions/v1beta1") &&
	    !str_equal(version, "networking.k8s.io/v1beta1"))
		return;
	json_object_set_new(ingress, "apiVersion", json_string("networking.k8s.io/v1"));
	if (!json_is_object(spec))
		return;
	upgrade_spec(spec);
	if (class && !json_has(spec, "ingressClassName"))
		json_object_set_new(spec, "ingressClassName", json_string(class));
}
