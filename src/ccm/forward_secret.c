/* SPDX-License-Identifier: Apache-2.0 */
/* A Secret that something sent refers to: a SyncSecret with what TLS needs of it. */
#include "ccm/forward_secret.h"

#include "api/secret.h"
#include "base/str.h"

/* Whatever else a Secret holds stays in the tenant's cluster. */
static const char *const sent_keys[] = { "tls.crt", "tls.key", "ca.crt", NULL };

/* Copies what is sent of data or stringData, but not what `over` has too. */
static void put_values(json_t *object, const char *member, const struct origin *origin,
		       const json_t *over)
{
	const json_t *values = json_object_get(origin->object, member);
	json_t *sent = json_object();

	for (const char *const *key = sent_keys; *key; key++)
		if (json_has(values, *key) && !json_has(over, *key))
			json_object_set_new(sent, *key,
					    json_deep_copy(json_object_get(values, *key)));
	if (json_object_size(sent))
		json_object_set_new(object, member, sent);
	else
		json_decref(sent);
}

void forward_secret(struct forwarding *pass, const struct origin *origin)
{
	const char *type = json_text(origin->object, "type");
	json_t *object;

	if (!origin->wanted)
		return;
	if (str_is_empty(type))
		type = SECRET_TYPE_OPAQUE;
	if (!str_equal(type, SECRET_TYPE_TLS) && !str_equal(type, SECRET_TYPE_OPAQUE)) {
		forwarding_warn(pass, origin, NULL,
				"type: it is referred to, but only %s and %s are sent to the hub",
				SECRET_TYPE_TLS, SECRET_TYPE_OPAQUE);
		return;
	}
	object = forwarding_send(pass, origin, KIND_SYNC_SECRET, NULL)->object;
	json_put_text(object, "type", type);
	put_values(object, "data", origin, json_object_get(origin->object, "stringData"));
	put_values(object, "stringData", origin, NULL);
}
