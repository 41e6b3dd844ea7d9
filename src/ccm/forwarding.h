/* SPDX-License-Identifier: Apache-2.0 */
/* One pass of forward(): the tenant's objects by identity, and what becomes of each. */
#pragma once

#include <uthash.h>

#include "api/reference_grant.h"
#include "ccm/forward.h"
#include "policy/grants.h"
#include "json/path.h"

/* One input. */
struct origin {
	size_t index; /* among the inputs */
	enum kind kind;
	const json_t *object, *metadata, *spec;
	const char *namespace; /* "" of a cluster-scoped one */
	const char *name;
	const char *hub_name; /* of what is made of it: stable and its own */
	bool wanted;	      /* a Secret that something sent refers to */
	UT_hash_handle hh;    /* by identity */
};

/* The ReferenceGrants that let references into one namespace. */
struct grants_of {
	const char *namespace;
	struct {
		struct reference_grant *items;
		size_t count;
	} grants;
	LIST_OF(struct origin *) origins; /* of each */
	UT_hash_handle hh;
};

struct forwarding {
	const struct forward_options *options;
	struct arena *arena;
	struct origin *origins;
	size_t count;
	struct origin *by_identity;
	struct grants_of *by_namespace;
	struct forward_outcome *outcomes;
	struct forward_list *list;
};

void forwarding_init(struct forwarding *pass, const struct forward_options *options,
		     const struct forward_input *inputs, size_t count, struct arena *arena,
		     struct forward_outcome *outcomes, struct forward_list *list);
void forwarding_done(struct forwarding *pass);

/* NULL: it is not among the inputs. */
struct origin *forwarding_find(const struct forwarding *pass, enum kind kind, const char *namespace,
			       const char *name);

/* The reason replaces all warnings. */
void forwarding_ignore(struct forwarding *pass, const struct origin *origin, const char *format,
		       ...) FORMAT(3, 4);
void forwarding_warn(struct forwarding *pass, const struct origin *origin, const struct path *path,
		     const char *format, ...) FORMAT(4, 5);

/* Adds the hub object of that kind and with this spec (adopted; NULL: none), named and labelled after
 * its origin. Valid until the next. */
struct forwarded *forwarding_send(struct forwarding *pass, const struct origin *origin,
				  enum kind kind, json_t *spec);

/* The origin as it is embedded in a hub object, in the version that we read: apiVersion, kind,
 * metadata without what is the server's own, and a copy of the spec. The caller's. */
json_t *origin_embed(struct forwarding *pass, const struct origin *origin);

/* The annotations of the origin that are ours (LABEL_PREFIX); NULL: it has none. The caller's. */
json_t *origin_annotations(const struct origin *origin);
