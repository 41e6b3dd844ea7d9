/* SPDX-License-Identifier: Apache-2.0 */
/* SyncSecret: only what the data plane needs of a Secret is copied. */
#include "api/secret.h"

#include <string.h>

#include "base/base64.h"
#include "base/str.h"
#include "webhooks/kinds.h"
#include "webhooks/quota.h"

#define SECRET_BYTES_MAX (64 * 1024)

static const char *const types[] = { "", SECRET_TYPE_OPAQUE, SECRET_TYPE_TLS, NULL };

/* Other controllers read labels and annotations of Secrets as orders: the hub's own are all that the
 * copy may have. */
static void keep_own(struct admission *admission, const char *key)
{
	json_t *members = json_at(admission->object, "metadata", key, NULL), *value;
	struct path metadata = path_key(NULL, "metadata"), path = path_key(&metadata, key);
	const char *name;
	void *next;

	json_object_foreach_safe(members, next, name, value) {
		struct path at = path_key(&path, name);

		if (str_has_prefix(name, LABEL_PREFIX))
			continue;
		problems_warn(&admission->problems, &at,
			      "dropped: a Secret's copy has none but kubelb.k8c.io/ [SC001]");
		json_object_del(members, name);
	}
}

void sync_secret_mutate(struct admission *admission)
{
	keep_own(admission, "labels");
	keep_own(admission, "annotations");
}

static size_t check_values(struct admission *admission, const struct string_map *data)
{
	struct path path = path_key(NULL, "data");
	size_t bytes = 0;

	for (size_t i = 0; i < data->count; i++) {
		struct path at = path_key(&path, data->items[i].key);
		CLEANUP(buf_done) struct buf decoded = { 0 };
		const char *value = data->items[i].value;

		/* The value itself is never told. */
		if (!base64_decode(value, strlen(value), &decoded))
			problems_add(&admission->problems, "SC001", PROBLEM_INVALID, &at, NULL,
				     "must be base64");
		bytes += decoded.len;
	}
	return bytes;
}

void sync_secret_validate(struct admission *admission)
{
	static const char *const tls_keys[] = { "tls.crt", "tls.key", NULL };
	const struct secret *secret = admission->decoded;
	struct path type = path_key(NULL, "type"), data = path_key(NULL, "data");
	size_t bytes = check_values(admission, &secret->data);

	if (secret->type && !str_in(secret->type, types))
		problems_add(&admission->problems, "SC001", PROBLEM_FORBIDDEN, &type, secret->type,
			     "must be Opaque or kubernetes.io/tls");
	for (size_t i = 0; i < secret->string_data.count; i++)
		bytes += strlen(secret->string_data.items[i].value);
	if (bytes > SECRET_BYTES_MAX)
		problems_add(&admission->problems, "SC001", PROBLEM_TOO_LONG, &data, NULL,
			     "holds %zu bytes; at most %d are allowed", bytes, SECRET_BYTES_MAX);
	for (size_t i = 0; str_equal(secret->type, SECRET_TYPE_TLS) && tls_keys[i]; i++) {
		struct path at = path_key(&data, tls_keys[i]);

		if (!string_map_get(&secret->data, tls_keys[i]) &&
		    !string_map_get(&secret->string_data, tls_keys[i]))
			problems_add(&admission->problems, "SC001", PROBLEM_REQUIRED, &at, NULL,
				     "must be set for type kubernetes.io/tls");
	}
}

/* Two that come from one Secret: whichever were taken, the other's owner would be surprised. */
void sync_secret_authorize(struct admission *admission)
{
	const struct inventory *inventory = admission->config->inventory;
	const struct secret *secret = admission->decoded;
	const struct string_map *labels = &secret->header.metadata.labels;
	const char *namespace = string_map_get(labels, LABEL_ORIGIN_NAMESPACE);
	const char *name = string_map_get(labels, LABEL_ORIGIN_NAME);
	struct path metadata = path_key(NULL, "metadata"), path = path_key(&metadata, "labels");
	struct path at = path_key(&path, LABEL_ORIGIN_NAME);

	quota_check(admission);
	if (inventory && namespace && name &&
	    inventory_origin_taken(inventory, admission->namespace, admission->name, namespace,
				   name))
		problems_add(&admission->problems, "SC001", PROBLEM_DUPLICATE, &at, name,
			     "another SyncSecret comes from this Secret; each Secret once");
}
