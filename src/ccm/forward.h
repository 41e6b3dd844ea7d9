/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's heart, pure: a tenant's own objects to the LoadBalancers, Routes and SyncSecrets that it
 * writes to the hub. Used by the agent on its cluster and by `kubelb run` on a folder. */
#pragma once

#include "api/kind.h"

struct arena;

/* "<namespace>/<name>" of an object whose name is too long for the label kubelb.k8c.io/origin-name,
 * which is then left out. */
#define ANNOTATION_ORIGIN "kubelb.k8c.io/origin"

struct forward_options {
	const char *tenant; /* its name: "x" */
	/* Judge objects whatever their class and parents (`kubelb check`). */
	bool any_class;
};

/* One object of the tenant's own cluster. Two of one kind, namespace and name are not to be given. */
struct forward_input {
	enum kind kind;
	json_t *object; /* borrowed, not changed */
};

enum forward_result {
	FORWARD_SENT,	 /* became hub objects */
	FORWARD_CARRIED, /* no traffic of its own; rides along where it is referred to */
	FORWARD_IGNORED, /* not ours */
};

struct forward_outcome {
	enum forward_result result;
	const char *reason; /* FORWARD_IGNORED: why */
	LIST_OF(const char *) warnings;
};

/* One hub object, in the tenant's namespace and without its label (the chain stamps it). */
struct forwarded {
	enum kind kind; /* KIND_LOAD_BALANCER, KIND_ROUTE, KIND_SYNC_SECRET */
	size_t origin;	/* index of the input it was made of */
	json_t *object; /* released with the arena */
	/* Of a LoadBalancer's spec.ports, or a Route's services: the field of the origin that each
	 * stands for. */
	struct string_list fields;
};

struct forward_list {
	struct forwarded *items;
	size_t count;
};

/* outcomes has room for count entries. References that no ReferenceGrant permits are replaced
 * (KIND_REF_NOT_PERMITTED) and warned of, as are Services and Secrets that are not among the inputs.
 * The same input in any order gives the same objects. */
void forward(const struct forward_options *options, const struct forward_input *inputs,
	     size_t count, struct arena *arena, struct forward_outcome *outcomes,
	     struct forward_list *ret);

/* The field of the user's object that a field of the hub object made of it stands for:
 * spec.source.kubernetes.resource.spec.rules[0] is spec.rules[0]. In the arena. */
const char *forward_field(struct arena *arena, const struct forwarded *forwarded,
			  const char *field);
