/* SPDX-License-Identifier: Apache-2.0 */
/* Backend references to clusters. */
#include "translate/backend.h"

#include "base/arena.h"
#include "base/str.h"
#include "translate/name.h"

#define BACKEND_NOT_FOUND "BackendNotFound"

static const char *service_namespace(const struct service *service)
{
	const char *namespace = service->header.metadata.namespace;

	return namespace ? namespace : "default";
}

const struct service *backend_service(const struct hub_route *hub, const char *namespace,
				      const char *name)
{
	for (size_t i = 0; i < hub->route->services.count; i++) {
		const struct service *service = &hub->route->services.items[i];

		if (str_equal(service->header.metadata.name, name) &&
		    (!namespace || str_equal(service_namespace(service), namespace)))
			return service;
	}
	return NULL;
}

/* Where a group's nodes answer for a Service's port: at its node port; else at the group's port of the
 * same name; else at its only one; else at the one in the same place. 0: nowhere. */
static int64_t upstream_port(const struct service *service, const struct service_port *port,
			     const struct endpoints *group)
{
	size_t index = (size_t)(port - service->ports.items);

	if (port->node_port)
		return port->node_port;
	for (size_t i = 0; i < group->ports.count && !str_is_empty(port->name); i++)
		if (str_equal(group->ports.items[i].name, port->name))
			return group->ports.items[i].port;
	if (group->ports.count == 1)
		return group->ports.items[0].port;
	return group->ports.count == service->ports.count ? group->ports.items[index].port : 0;
}

/* Returns whether any group has a port for it. */
static bool add_endpoints(struct tenant *tenant, struct hub_route *hub,
			  const struct service *service, const struct service_port *port,
			  struct ir_cluster *cluster, struct backend *backend)
{
	bool found = false;

	for (size_t i = 0; i < hub->route->endpoints.count; i++) {
		int64_t number = upstream_port(service, port, &hub->route->endpoints.items[i]);
		const struct nodes *nodes;

		if (number < 1 || number > UINT16_MAX)
			continue;
		found = true;
		nodes = tenant_nodes(tenant, hub, i);
		if (nodes->reason)
			backend->dropped = nodes->reason;
		pass_add_endpoints(&tenant->pass, cluster, nodes, number);
	}
	return found;
}

static const char *const http2_protocols[] = { "kubernetes.io/h2c", "grpc", "http2", NULL };
static const char *const tls_protocols[] = { "https", "kubernetes.io/wss", "tls", NULL };

static struct backend unresolved(struct tenant *tenant, const struct service *service,
				 const char *reason, const char *why)
{
	return (struct backend){ .reason = reason,
				 .message = arena_printf(tenant->pass.arena, "Service %s/%s %s",
							 service_namespace(service),
							 service->header.metadata.name, why) };
}

static struct backend make(struct tenant *tenant, struct hub_route *hub,
			   const struct service *service, const struct service_port *port,
			   const char *name, bool grpc)
{
	struct ir_cluster cluster = { .name = name, .protocol = IR_HTTP };
	struct backend backend = { .cluster = name };

	if (str_in(port->app_protocol, tls_protocols))
		return unresolved(tenant, service, "UnsupportedProtocol",
				  "wants TLS to the backend, which is not supported");
	if (grpc || str_in(port->app_protocol, http2_protocols))
		cluster.protocol = IR_HTTP2;
	if (!add_endpoints(tenant, hub, service, port, &cluster, &backend))
		return unresolved(tenant, service, BACKEND_NOT_FOUND,
				  "has no node port and no endpoint port stands for it");
	LIST_APPEND(tenant->pass.arena, &tenant->pass.ir->clusters, cluster);
	return backend;
}

struct backend backend_of_service(struct tenant *tenant, struct hub_route *hub,
				  const struct service *service, int64_t port,
				  const char *port_name, bool grpc)
{
	struct arena *arena = tenant->pass.arena;
	const struct service_port *found = service_port_find(service, port, port_name);
	struct backend *backend;
	const char *name;

	if (str_equal(service->type, "ExternalName"))
		return unresolved(tenant, service, BACKEND_NOT_FOUND,
				  "is of type ExternalName, which is not followed");
	if (!found)
		return unresolved(tenant, service, BACKEND_NOT_FOUND, "has no such port");
	name = name_join(arena, tenant->pass.namespace, hub->object->name,
			 service_namespace(service), service->header.metadata.name,
			 name_number(arena, (long)found->port), NULL);
	backend = map_get(tenant->backends, name);
	if (!backend) {
		backend = ARENA_NEW(arena, struct backend);
		*backend = make(tenant, hub, service, found, name, grpc);
		map_add(tenant->backends, name, backend);
	}
	return *backend;
}

static struct backend refused(struct tenant *tenant, const char *reason, const char *namespace,
			      const struct object_ref *ref, const char *why)
{
	const char *kind = ref->kind ? ref->kind : "Service";

	return (struct backend){ .reason = reason,
				 .message = arena_printf(tenant->pass.arena, "%s %s/%s %s", kind,
							 namespace, ref->name, why) };
}

struct backend backend_of_ref(struct tenant *tenant, const struct carried *from,
			      const struct object_ref *ref)
{
	const char *namespace = ref->namespace ? ref->namespace : from->namespace;
	const char *from_kind = kind_info(from->source->kind)->kind;
	const struct service *service;

	if (str_equal(ref->group, KUBELB_GROUP) && str_equal(ref->kind, KIND_REF_NOT_PERMITTED))
		return (struct backend){ .reason = "RefNotPermitted",
					 .message = arena_printf(tenant->pass.arena,
								 "backend %s is not permitted by "
								 "any ReferenceGrant",
								 ref->name) };
	if (!str_is_empty(ref->group) || (ref->kind && !str_equal(ref->kind, "Service")))
		return refused(tenant, "InvalidKind", namespace, ref, "is no Service");
	if (!tenant_reference_allowed(from, from_kind, "Service", namespace, ref->name))
		return refused(tenant, "RefNotPermitted", namespace, ref,
			       "is not permitted by any ReferenceGrant");
	service = backend_service(from->hub, namespace, ref->name);
	if (!service)
		return refused(tenant, BACKEND_NOT_FOUND, namespace, ref, "not found");
	return backend_of_service(tenant, from->hub, service, ref->port, NULL,
				  from->source->kind == KIND_GRPC_ROUTE);
}
