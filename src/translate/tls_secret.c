/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's certificates. */
#include "translate/tls_secret.h"

#include "api/secret.h"
#include "base/arena.h"
#include "net/certificate.h"

/* What the index holds until somebody asks. */
struct indexed {
	struct tls_secret secret;
	const struct object *object;
	const struct secret *decoded;
	bool checked;
};

static void index_one(void *context, struct object *object)
{
	struct tenant *tenant = context;
	struct arena *arena = tenant->pass.arena;
	const struct secret *secret =
		shape_decode(&sync_secret_shape, pass_json(&tenant->pass, object), UNKNOWN_IGNORED,
			     NULL, &tenant->pass.problems);
	const struct string_map *labels = &secret->header.metadata.labels;
	const char *namespace = string_map_get(labels, LABEL_ORIGIN_NAMESPACE);
	const char *name = string_map_get(labels, LABEL_ORIGIN_NAME);
	const char *key = namespace && name ? tenant_key(tenant, namespace, name)
					    : tenant_key(tenant, "", object->name);
	struct indexed *indexed = map_get(tenant->secrets, key);

	if (indexed && indexed->object->age <= object->age)
		return;
	if (!indexed) {
		indexed = ARENA_NEW(arena, struct indexed);
		map_add(tenant->secrets, key, indexed);
	}
	indexed->object = object;
	indexed->decoded = secret;
}

static void check(struct tenant *tenant, struct indexed *indexed)
{
	struct arena *arena = tenant->pass.arena;
	struct ir_secret secret = {
		.certificates = secret_value(arena, indexed->decoded, "tls.crt"),
		.key = secret_value(arena, indexed->decoded, "tls.key"),
	};
	struct error err;

	indexed->checked = true;
	if (!secret.certificates || !secret.key) {
		indexed->secret.reason = "holds no tls.crt and tls.key";
		return;
	}
	if (certificate_pair_check(secret.certificates, secret.key, &err) < 0) {
		indexed->secret.reason = arena_printf(arena, "is no valid pair: %s", err.text);
		return;
	}
	secret.name = tenant_key(tenant, tenant->pass.namespace, indexed->object->name);
	indexed->secret.name = secret.name;
	LIST_APPEND(arena, &tenant->pass.ir->secrets, secret);
}

const struct tls_secret *tls_secret_find(struct tenant *tenant, const char *namespace,
					 const char *name)
{
	static const struct tls_secret missing = { .reason = "not found" };
	struct indexed *indexed;

	if (!tenant->secrets_indexed)
		store_visit(tenant->pass.context->store, tenant->pass.namespace, KIND_SYNC_SECRET,
			    index_one, tenant);
	tenant->secrets_indexed = true;
	indexed = map_get(tenant->secrets, tenant_key(tenant, namespace, name));
	if (!indexed)
		indexed = map_get(tenant->secrets, tenant_key(tenant, "", name));
	if (!indexed)
		return &missing;
	if (!indexed->checked)
		check(tenant, indexed);
	return &indexed->secret;
}
