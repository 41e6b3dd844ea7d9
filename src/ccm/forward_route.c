/* SPDX-License-Identifier: Apache-2.0 */
/* Ingress, Gateway, HTTPRoute and GRPCRoute: a Route each, with what it refers to. */
#include "ccm/forward_route.h"

#include "api/addresses.h"
#include "api/gateway.h"
#include "api/ingress.h"
#include "base/arena.h"
#include "base/str.h"
#include "ccm/references.h"

#define NAMESPACE_NAME_LABEL "kubernetes.io/metadata.name"

static void put_list(json_t *object, const char *key, json_t *list)
{
	if (list)
		json_object_set_new(object, key, list);
}

/* For allowedRoutes: the object's own namespace, with the label that Kubernetes gives to each. */
static json_t *own_namespace(const struct forwarding *pass, const struct origin *origin)
{
	const struct origin *namespace =
		forwarding_find(pass, KIND_NAMESPACE, "", origin->namespace);
	json_t *labels = json_object(), *value;
	const char *key;

	if (namespace)
		json_object_foreach(json_object_get(namespace->metadata, "labels"), key, value)
			json_put_text(labels, key, json_string_value(value));
	json_object_set_new(labels, NAMESPACE_NAME_LABEL, json_string(origin->namespace));
	return json_pack("[{ss so}]", "name", origin->namespace, "labels", labels);
}

static void send(struct references *references, json_t *resource)
{
	const struct origin *origin = references->from;
	json_t *kubernetes = json_pack("{so}", "resource", resource);
	struct string_list fields = { 0 };

	put_list(kubernetes, "services", references_services(references, &fields));
	put_list(kubernetes, "referenceGrants", references_grants(references));
	if (origin->kind == KIND_HTTP_ROUTE || origin->kind == KIND_GRPC_ROUTE)
		put_list(kubernetes, "namespaces", own_namespace(references->pass, origin));
	forwarding_send(references->pass, origin, KIND_ROUTE,
			json_pack("{s[{s{ss}}] s{so}}", "endpoints", "addressesReference", "name",
				  ADDRESSES_DEFAULT, "source", "kubernetes", kubernetes))
		->fields = fields;
}

static void ingress_backend(struct references *references, const json_t *backend,
			    const struct path *path)
{
	const struct path service = path_key(path, "service"), name = path_key(&service, "name");

	references_service(references, json_text(json_object_get(backend, "service"), "name"),
			   &name);
}

static void ingress_rules(struct references *references, const json_t *rules,
			  const struct path *path)
{
	const json_t *rule, *item;
	size_t i, k;

	json_array_foreach(rules, i, rule) {
		const struct path at = path_index(path, i), http = path_key(&at, "http");
		const struct path paths = path_key(&http, "paths");

		json_array_foreach(json_at(rule, "http", "paths", NULL), k, item) {
			const struct path entry = path_index(&paths, k);
			const struct path backend = path_key(&entry, "backend");

			ingress_backend(references, json_object_get(item, "backend"), &backend);
		}
	}
}

static void ingress_tls(struct references *references, const json_t *list, const struct path *path)
{
	const json_t *tls;
	size_t i;

	json_array_foreach(list, i, tls) {
		const struct path at = path_index(path, i), name = path_key(&at, "secretName");

		references_secret(references, json_text(tls, "secretName"), &name);
	}
}

static bool class_is_ours(struct forwarding *pass, const struct origin *origin, const char *class,
			  const char *field)
{
	if (pass->options->any_class || str_equal(class, KUBELB_CLASS))
		return true;
	if (class)
		forwarding_ignore(pass, origin, "its class is %s; ours is '%s' (%s)",
				  problem_quote(pass->arena, class), KUBELB_CLASS, field);
	else
		forwarding_ignore(pass, origin, "it has no class; ours is '%s' (%s)", KUBELB_CLASS,
				  field);
	return false;
}

void forward_ingress(struct forwarding *pass, const struct origin *origin)
{
	const struct path spec = path_key(NULL, "spec"), rules = path_key(&spec, "rules");
	const struct path fallback = path_key(&spec, "defaultBackend"),
			  tls = path_key(&spec, "tls");
	const char *class = json_text(origin->spec, "ingressClassName");
	struct references references;
	json_t *ingress, *inner;

	if (!class)
		class = json_text(json_object_get(origin->metadata, "annotations"),
				  INGRESS_CLASS_ANNOTATION);
	if (!class_is_ours(pass, origin, class, "spec.ingressClassName"))
		return;
	ingress = origin_embed(pass, origin);
	inner = json_object_get(ingress, "spec");
	references_init(&references, pass, origin);
	ingress_backend(&references, json_object_get(inner, "defaultBackend"), &fallback);
	ingress_rules(&references, json_object_get(inner, "rules"), &rules);
	ingress_tls(&references, json_object_get(inner, "tls"), &tls);
	send(&references, ingress);
	references_done(&references);
}

static void certificates(struct references *references, const json_t *list, const char *kind,
			 bool send_them, const struct path *path)
{
	json_t *ref;
	size_t i;

	json_array_foreach(list, i, ref) {
		const struct path at = path_index(path, i);

		references_certificate(references, ref, kind, send_them, &at);
	}
}

static void authorities(struct references *references, const json_t *validation,
			const struct path *path)
{
	const struct path list = path_key(path, "caCertificateRefs");

	certificates(references, json_object_get(validation, "caCertificateRefs"), "ConfigMap",
		     false, &list);
}

static void gateway_listeners(struct references *references, const json_t *listeners,
			      const struct path *path)
{
	const json_t *listener;
	size_t i;

	json_array_foreach(listeners, i, listener) {
		const struct path at = path_index(path, i), tls = path_key(&at, "tls");
		const struct path list = path_key(&tls, "certificateRefs");
		const struct path validation = path_key(&tls, "frontendValidation");

		certificates(references, json_at(listener, "tls", "certificateRefs", NULL),
			     "Secret", true, &list);
		authorities(references, json_at(listener, "tls", "frontendValidation", NULL),
			    &validation);
	}
}

/* spec.tls: nothing of it is served, but it may refer out of the namespace all the same. */
static void gateway_tls(struct references *references, const json_t *tls, const struct path *path)
{
	const struct path backend = path_key(path, "backend"),
			  frontend = path_key(path, "frontend");
	const struct path client = path_key(&backend, "clientCertificateRef");
	const struct path fallback = path_key(&frontend, "default");
	const struct path common = path_key(&fallback, "validation");
	const struct path ports = path_key(&frontend, "perPort");
	const json_t *port;
	size_t i;

	references_certificate(references, json_at(tls, "backend", "clientCertificateRef", NULL),
			       "Secret", false, &client);
	authorities(references, json_at(tls, "frontend", "default", "validation", NULL), &common);
	json_array_foreach(json_at(tls, "frontend", "perPort", NULL), i, port) {
		const struct path at = path_index(&ports, i), inner = path_key(&at, "tls");
		const struct path validation = path_key(&inner, "validation");

		authorities(references, json_at(port, "tls", "validation", NULL), &validation);
	}
}

void forward_gateway(struct forwarding *pass, const struct origin *origin)
{
	const struct path spec = path_key(NULL, "spec"), listeners = path_key(&spec, "listeners");
	const struct path tls = path_key(&spec, "tls");
	struct references references;
	json_t *gateway, *inner;

	if (!class_is_ours(pass, origin, json_text(origin->spec, "gatewayClassName"),
			   "spec.gatewayClassName"))
		return;
	gateway = origin_embed(pass, origin);
	inner = json_object_get(gateway, "spec");
	references_init(&references, pass, origin);
	gateway_listeners(&references, json_object_get(inner, "listeners"), &listeners);
	gateway_tls(&references, json_object_get(inner, "tls"), &tls);
	send(&references, gateway);
	references_done(&references);
}

/* A parent that is a Gateway of our class. */
static bool parent_is_ours(const struct forwarding *pass, const struct origin *origin,
			   const json_t *parent)
{
	const char *group = json_text(parent, "group"), *kind = json_text(parent, "kind");
	const char *namespace = json_text(parent, "namespace"), *name = json_text(parent, "name");
	const struct origin *gateway;

	if (!name || (group && !str_equal(group, GATEWAY_GROUP)) ||
	    (kind && !str_equal(kind, "Gateway")))
		return false;
	gateway = forwarding_find(pass, KIND_GATEWAY, namespace ? namespace : origin->namespace,
				  name);
	return gateway && str_equal(json_text(gateway->spec, "gatewayClassName"), KUBELB_CLASS);
}

static bool follows_us(struct forwarding *pass, const struct origin *origin)
{
	const json_t *parents = json_object_get(origin->spec, "parentRefs"), *parent;
	size_t i;

	if (pass->options->any_class)
		return true;
	json_array_foreach(parents, i, parent)
		if (parent_is_ours(pass, origin, parent))
			return true;
	forwarding_ignore(pass, origin, "no parent: %s a Gateway of class '%s' here",
			  json_array_size(parents) ? "none of its parentRefs names"
						   : "it has no parentRefs; one has to name",
			  KUBELB_CLASS);
	return false;
}

static void filters(struct references *references, const json_t *list, const struct path *path)
{
	const json_t *filter;
	size_t i;

	json_array_foreach(list, i, filter) {
		const struct path at = path_index(path, i);
		const struct path mirror = path_key(&at, "requestMirror");
		const struct path mirrored = path_key(&mirror, "backendRef");
		const struct path authority = path_key(&at, "externalAuth");
		const struct path asked = path_key(&authority, "backendRef");

		references_backend(references, json_at(filter, "requestMirror", "backendRef", NULL),
				   &mirrored);
		references_backend(references, json_at(filter, "externalAuth", "backendRef", NULL),
				   &asked);
	}
}

static void backends(struct references *references, const json_t *list, const struct path *path)
{
	json_t *backend;
	size_t i;

	json_array_foreach(list, i, backend) {
		const struct path at = path_index(path, i), inner = path_key(&at, "filters");

		references_backend(references, backend, &at);
		filters(references, json_object_get(backend, "filters"), &inner);
	}
}

void forward_route(struct forwarding *pass, const struct origin *origin)
{
	const struct path spec = path_key(NULL, "spec"), rules = path_key(&spec, "rules");
	struct references references;
	json_t *route, *rule;
	size_t i;

	if (!follows_us(pass, origin))
		return;
	route = origin_embed(pass, origin);
	references_init(&references, pass, origin);
	json_array_foreach(json_at(route, "spec", "rules", NULL), i, rule) {
		const struct path at = path_index(&rules, i), inner = path_key(&at, "filters");
		const struct path list = path_key(&at, "backendRefs");

		filters(&references, json_object_get(rule, "filters"), &inner);
		backends(&references, json_object_get(rule, "backendRefs"), &list);
	}
	send(&references, route);
	references_done(&references);
}
