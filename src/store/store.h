/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's objects by kind, namespace and name. One thread. */
#pragma once

#include <stdbool.h>

#include "store/object.h"

struct store;

struct store *store_new(void);
void store_free(struct store *store);
CLEANUP_DEFINE(store_free, struct store *)

/* Borrowed; NULL when there is none. */
struct object *store_get(const struct store *store, enum kind kind, const char *namespace,
			 const char *name);

/* Takes a reference of its own and replaces what had that identity. */
void store_put(struct store *store, struct object *object);
bool store_remove(struct store *store, enum kind kind, const char *namespace, const char *name);

size_t store_count(const struct store *store);

/* Calls visit for every object of a namespace (NULL: of all) and kind (KIND_UNKNOWN: of all), in the
 * order of kind and name. visit must not change the store. */
void store_visit(const struct store *store, const char *namespace, enum kind kind,
		 void (*visit)(void *context, struct object *object), void *context);
