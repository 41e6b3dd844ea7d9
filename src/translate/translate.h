/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's objects to IR and status: pure, the same answer for the same objects and policy. */
#pragma once

#include "policy/host_claims.h"
#include "policy/policy.h"
#include "store/store.h"
#include "translate/ir.h"

/* The services of the hub that translation asks; nothing in it changes the answer of a second ask. */
struct translate_context {
	const struct store *store;
	const struct policy *policy;
	const struct host_claims *claims; /* whose hosts are whose; NULL: nobody's */
	/* The address of what an owner key names (see owner_key_*()), the same at every ask; NULL
	 * when the pool has none left. Borrowed, valid while the pass lasts. */
	const char *(*address)(void *pool, const char *owner_key);
	void *pool;
	int port_offset; /* added to every port that is listened on */
};

struct outcome_address {
	const char *ip;
	uint16_t port;	      /* as listened on, the offset included */
	const char *protocol; /* TCP, UDP, HTTP, HTTPS, TLS */
};

/* What Envoy has to hold before an object is served. type is an enum resource_type's number as
 * IR lists have it: which list of struct ir, and the name there. */
enum ir_list { IR_CLUSTERS, IR_SECRETS, IR_LISTENERS, IR_ROUTES };

struct outcome_need {
	enum ir_list list;
	const char *name;
};

/* What became of one hub object (or, for a Route of several ingresses[], of each of its sources). */
struct outcome {
	enum kind kind;	    /* of the hub object: KIND_LOAD_BALANCER, KIND_ROUTE, … */
	const char *name;   /* of the hub object, in the tenant's namespace */
	const char *source; /* NULL, or "resource", "ingresses[1]" */
	bool accepted;	    /* false: accepted by none of its parents, or nothing of it can
					 * be served */
	bool conflicted;    /* a claim of another tenant stands before one of its hosts */
	const char *reason; /* for people: why not, or what of it is not served although it is
			     * accepted; NULL when all is well */
	/* The object's own Kubernetes status as its owner would read it once Envoy has all needs:
	 * Ingress loadBalancer; Gateway conditions, addresses, listeners; HTTPRoute parents;
	 * LoadBalancer loadBalancer. Conditions without lastTransitionTime; whoever reports sets it, and
	 * turns Programmed to False while Envoy has not yet acknowledged. */
	json_t *status; /* owned by the outcome list's arena */
	LIST_OF(struct outcome_address) addresses;
	LIST_OF(struct outcome_need) needs;
};

struct outcome_list {
	struct outcome *items;
	size_t count;
};

/* One LoadBalancer of a tenant's namespace. */
void translate_load_balancer(const struct translate_context *context, const struct object *object,
			     struct ir *ir, struct outcome_list *outcomes);

/* All of a tenant's layer 7: its Routes' backends, its Gateways with what attaches to them, its
 * Ingresses. namespace is the hub's ("tenant-x"). */
void translate_routes(const struct translate_context *context, const char *namespace, struct ir *ir,
		      struct outcome_list *outcomes);

struct host_claim_list {
	struct host_claim *items;
	size_t count;
};

/* The hosts that a tenant's objects claim: of Ingress rules and TLS, HTTPRoute, GRPCRoute, Gateway
 * listeners, LoadBalancer. In the arena. */
void translate_claims(const struct store *store, const char *namespace, struct arena *arena,
		      struct host_claim_list *ret);

/* Owners of addresses. In the arena; injective (parts are length-prefixed or cannot hold '/'). */
const char *owner_key_load_balancer(struct arena *arena, const char *namespace, const char *name);
const char *owner_key_gateway(struct arena *arena, const char *namespace,
			      const char *origin_namespace, const char *name);
const char *owner_key_ingresses(struct arena *arena, const char *namespace);
