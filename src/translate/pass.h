/* SPDX-License-Identifier: Apache-2.0 */
/* One translation of one namespace: what it reads, and where a tenant's nodes answer. */
#pragma once

#include "api/endpoint.h"
#include "translate/map.h"
#include "translate/translate.h"
#include "json/shape.h"

struct pass {
	const struct translate_context *context;
	const struct tenant_policy *policy;
	const char *namespace; /* of the hub */
	struct arena *arena;
	struct ir *ir;
	struct outcome_list *outcomes;
	struct problems problems; /* of decoding what was judged before; nobody reads them */
	struct map *nodes;	  /* name of an Addresses object: struct nodes */
};

/* Where the endpoints of one group lie: canonical addresses that policy allows. */
struct nodes {
	struct string_list addresses;
	const char *reason; /* why some or all are missing, or NULL */
};

void pass_init(struct pass *pass, const struct translate_context *context, const char *namespace,
	       struct ir *ir, struct outcome_list *outcomes);

/* The object's tree, which lives as long as the pass. */
json_t *pass_json(struct pass *pass, const struct object *object);

/* Inline addresses, or those of the Addresses object that the group refers to. Never NULL. */
const struct nodes *pass_nodes(struct pass *pass, const struct endpoints *group);

/* Appends an endpoint per address of the group. */
void pass_add_endpoints(struct pass *pass, struct ir_cluster *cluster, const struct nodes *nodes,
			int64_t port);

/* The port that is listened on for the one that the owner wrote; 0: there is no such port. */
uint16_t pass_port(const struct pass *pass, int64_t port);

/* Which claim stands for a host: see host_claims_conflict(). */
bool pass_host_taken(const struct pass *pass, const struct object *object, const char *host);

struct outcome pass_outcome(const struct object *object, const char *source);
