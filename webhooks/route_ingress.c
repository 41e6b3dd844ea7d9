/* SPDX-License-Identifier: Apache-2.0 */
/* An embedded Ingress: what networking.k8s.io/v1 itself refuses, and its hosts. */
#include "base/str.h"
#include "webhooks/hosts.h"
#include "webhooks/pattern.h"
#include "webhooks/source.h"

static void check_path(const struct source *source, const struct ingress_path *path,
		       const struct path *at)
{
	struct path field = path_key(at, "path");
	const char *fault = NULL;

	if (!path->path_type)
		return;
	if (str_equal(path->path_type, "ImplementationSpecific")) {
		if (!str_is_empty(path->path) && path->path[0] != '/')
			fault = "start with '/'";
		else if (path->path && text_has_control(path->path))
			fault = "not hold control characters";
	} else {
		fault = path_fault(path->path ? path->path : "");
	}
	if (fault)
		source_invalid(source, PROBLEM_INVALID, &field, path->path, "must %s", fault);
}

static void check_rules(const struct source *source, const struct ingress *ingress)
{
	struct path rules = path_key(&source->spec, "rules");

	for (size_t i = 0; i < ingress->rules.count; i++) {
		const struct ingress_rule *rule = &ingress->rules.items[i];
		struct path item = path_index(&rules, i), host = path_key(&item, "host");
		struct path http = path_key(&item, "http"), paths = path_key(&http, "paths");

		host_check(source->admission, "RT005", &host, rule->host, REACH_ONE_LABEL);
		for (size_t j = 0; rule->http && j < rule->http->paths.count; j++) {
			struct path at = path_index(&paths, j);

			check_path(source, &rule->http->paths.items[j], &at);
		}
	}
}

static void check_tls(const struct source *source, const struct ingress *ingress)
{
	struct path list = path_key(&source->spec, "tls");

	for (size_t i = 0; i < ingress->tls.count; i++) {
		struct path item = path_index(&list, i), hosts = path_key(&item, "hosts");

		for (size_t j = 0; j < ingress->tls.items[i].hosts.count; j++) {
			struct path at = path_index(&hosts, j);

			if (!*ingress->tls.items[i].hosts.items[j])
				source_invalid(source, PROBLEM_INVALID, &at, "",
					       "must not be empty");
			else
				host_check(source->admission, "RT005", &at,
					   ingress->tls.items[i].hosts.items[j], REACH_ONE_LABEL);
		}
	}
}

static void check_class(const struct source *source, const struct ingress *ingress)
{
	const char *annotation =
		string_map_get(&ingress->header.metadata.annotations, INGRESS_CLASS_ANNOTATION);
	struct path annotations = path_key(&source->metadata, "annotations");
	struct path path = path_key(&annotations, INGRESS_CLASS_ANNOTATION);

	if (source->admission->operation == OPERATION_CREATE && annotation && ingress->class_name &&
	    !str_equal(annotation, ingress->class_name))
		source_invalid(source, PROBLEM_INVALID, &path, annotation,
			       "must be absent or equal spec.ingressClassName");
}

void source_check_ingress(const struct source *source)
{
	const struct ingress *ingress = source->embedded->ingress;
	struct path fallback = path_key(&source->spec, "defaultBackend");

	if (ingress->default_backend)
		host_check(source->admission, "RT005", &fallback, NULL, REACH_ONE_LABEL);
	check_rules(source, ingress);
	check_tls(source, ingress);
	check_class(source, ingress);
}
