/* SPDX-License-Identifier: Apache-2.0 */
/* core/v1 Secret and ConfigMap, and SyncSecret: a tenant's Secret on its way to the hub. */
#pragma once

#include "api/metadata.h"

#define SECRET_TYPE_TLS "kubernetes.io/tls"
#define SECRET_TYPE_OPAQUE "Opaque"

/* Also SyncSecret and ConfigMap, which have the same members at the top. */
struct secret {
	struct object_header header;
	enum tristate immutable;
	const char *type;	       /* NULL: Opaque */
	struct string_map data;	       /* base64, but for a ConfigMap's */
	struct string_map string_data; /* plain; wins over data */
	json_t *status;
};

extern const struct shape secret_shape;
extern const struct shape config_map_shape;
extern const struct shape sync_secret_shape;

/* The decoded value of a key, in the arena with a NUL behind it; NULL when it is missing or no
 * base64. */
const char *secret_value(struct arena *arena, const struct secret *secret, const char *key);
