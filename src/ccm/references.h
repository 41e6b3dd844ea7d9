/* SPDX-License-Identifier: Apache-2.0 */
/* What one layer 7 object refers to: judged by the tenant's ReferenceGrants, replaced where none of
 * them permits it, collected where one does. */
#pragma once

#include "ccm/forwarding.h"

/* A Service, and where the object names it first. */
struct used_service {
	const struct origin *service;
	const char *field;
	UT_hash_handle hh;
};

struct references {
	struct forwarding *pass;
	const struct origin *from;
	struct used_service *services; /* by identity; those of no use to a backend left out */
	LIST_OF(const struct origin *) grants;
};

void references_init(struct references *references, struct forwarding *pass,
		     const struct origin *from);
void references_done(struct references *references);

/* A backend of an Ingress: a Service of its own namespace. */
void references_service(struct references *references, const char *name, const struct path *path);

/* A backendRef of Gateway API, changed in place where it may not be: its filters are gone then. */
void references_backend(struct references *references, json_t *ref, const struct path *path);

/* A reference to a certificate or the like, changed in place where it may not be. kind is what an
 * absent one means; send: the Secret is to reach the hub. */
void references_certificate(struct references *references, json_t *ref, const char *kind, bool send,
			    const struct path *path);

/* A Secret of the object's own namespace is to reach the hub. */
void references_secret(struct references *references, const char *name, const struct path *path);

/* spec.source.kubernetes.services and .referenceGrants, in the order of namespace and name. The
 * caller's; NULL where there are none. */
json_t *references_services(struct references *references, struct string_list *ret_fields);
json_t *references_grants(struct references *references);
