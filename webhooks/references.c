/* SPDX-License-Identifier: Apache-2.0 */
/* What an embedded object refers to: found, granted (RT003, RT007), and leading somewhere. */
#include <uthash.h>

#include "base/arena.h"
#include "base/str.h"
#include "policy/grants.h"
#include "webhooks/embedded.h"
#include "webhooks/source.h"

/* A port that was found to lead to every group of endpoints. */
struct good_port {
	const struct service_port *port;
	UT_hash_handle hh;
};

/* What a look at one reference leaves for those after it: a Route may have tens of thousands. */
struct reference_memory {
	struct grant_index *grants;
	struct good_port *ports;
};

static void forget(struct reference_memory *memory)
{
	HASH_CLEAR(hh, memory->ports);
}
CLEANUP_DEFINE(forget, struct reference_memory *)

static bool is_good(const struct reference_memory *memory, const struct service_port *port)
{
	struct good_port *found;

	HASH_FIND_PTR(memory->ports, &port, found);
	return found != NULL;
}

static void remember_good(struct arena *arena, struct reference_memory *memory,
			  const struct service_port *port)
{
	struct good_port *good = ARENA_NEW(arena, struct good_port);

	good->port = port;
	HASH_ADD_PTR(memory->ports, port, good);
}

/* The namespace of the tenant's own cluster that a reference leads to. */
static const char *target_namespace(const struct source *source,
				    const struct source_reference *reference)
{
	return reference->namespace ? reference->namespace : source->namespace;
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
	bool certificate = source->embedded->kind == KIND_GATEWAY;
	const struct reference asked = {
		.from_group = from->group,
		.from_kind = from->kind,
		.from_namespace = source->namespace,
		.to_group = reference->group,
		.to_kind = reference->kind,
		.to_namespace = target_namespace(source, reference),
		.to_name = reference->name,
	};
	struct path path = path_key(reference->path, "namespace");

	if (!namespace_is_of_another(source->admission, reference->namespace) &&
	    grant_index_allows(source->memory->grants, &asked))
		return true;
	problems_add(&source->admission->problems, certificate ? "RT007" : "RT003",
		     PROBLEM_FORBIDDEN, &path, reference->namespace,
		     "no ReferenceGrant there lets %s of namespace %.63s refer to this %.63s; must "
		     "be the %s's own namespace or granted in referenceGrants",
		     from->kind, source->namespace, reference->kind, from->kind);
	return false;
}

static void check_upstream_port(const struct source *source,
				const struct source_reference *reference,
				const struct service *service, const struct service_port *port)
{
	struct problems *problems = &source->admission->problems;
	struct path path = path_key(reference->path, "port");
	size_t before = problems->count;

	if (before >= PROBLEMS_MAX)
		return;
	for (size_t i = 0; i < source->route->endpoints.count; i++)
		if (!route_upstream_port(service, port, &source->route->endpoints.items[i]))
			problems_add(problems, "RT004", PROBLEM_INVALID, &path, reference->name,
				     "its port leads nowhere: the Service's port must have a "
				     "nodePort, or spec.endpoints[%zu].ports one of its name, only "
				     "one, or as many as the Service",
				     i);
	if (problems->count == before)
		remember_good(source->admission->arena, source->memory, port);
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
	if (!is_good(source->memory, port))
		check_upstream_port(source, reference, service, port);
}

static void check_service(const struct source *source, const struct source_reference *reference)
{
	const char *namespace = target_namespace(source, reference);
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

	if (is_placeholder(reference) || !check_grant(source, reference) ||
	    reference->role == ROLE_UNUSED)
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
	const struct reference from = {
		.from_group = kind_info(embedded->kind)->group,
		.from_kind = kind_info(embedded->kind)->kind,
		.from_namespace = source->namespace,
	};
	struct reference_memory memory = {
		.grants = grant_index_new(source->admission->arena, source->route->grants.items,
					  source->route->grants.count, &from),
	};
	CLEANUP(forget) struct reference_memory *remembered = &memory;
	struct source judged = *source;

	judged.memory = remembered;
	if (embedded->kind == KIND_HTTP_ROUTE)
		check_parents(source, &embedded->http_route->parent_refs);
	else if (embedded->kind == KIND_GRPC_ROUTE)
		check_parents(source, &embedded->grpc_route->parent_refs);
	source_visit_references(&judged, check_reference);
}
