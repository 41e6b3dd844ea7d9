/* SPDX-License-Identifier: Apache-2.0 */
/* Where in an object a check is: links on the stack, rendered only when there is something to say. */
#pragma once

#include <stddef.h>

struct arena;

struct path {
	const struct path *parent; /* NULL at the root */
	const char *key;	   /* NULL: an index; at the root a prefix or NULL */
	size_t index;
};

/* A step below parent (NULL: the root); borrows parent and key while it is used. */
static inline struct path path_key(const struct path *parent, const char *key)
{
	return (struct path){ .parent = parent, .key = key };
}

static inline struct path path_index(const struct path *parent, size_t index)
{
	return (struct path){ .parent = parent, .index = index };
}

/* As Kubernetes writes it: spec.rules[0].host, metadata.labels[kubelb.k8c.io/tenant]. */
char *path_text(struct arena *arena, const struct path *path);
