/* SPDX-License-Identifier: Apache-2.0 */
/* One stored object of the hub: immutable and counted, its content kept as compact text. */
#pragma once

#include <stdint.h>

#include "api/kind.h"

struct object {
	int references; /* atomic; of object_ref() and object_unref() only */
	enum kind kind;
	const char *namespace; /* "" for a cluster-scoped one */
	const char *name;
	int64_t age;	  /* when it was first seen, ns since 1970; smaller is older */
	const char *text; /* JSON as admitted, mutations included */
	size_t length;
};

/* Copies what it needs of the JSON. One reference, the caller's. */
struct object *object_new(enum kind kind, const json_t *json, int64_t age);
struct object *object_ref(struct object *object);
void object_unref(struct object *object);
CLEANUP_DEFINE(object_unref, struct object *)

/* A tree for one pass; the caller's. */
json_t *object_json(const struct object *object);
