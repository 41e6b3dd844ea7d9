/* SPDX-License-Identifier: Apache-2.0 */
/* SyncSecret: only what the data plane needs of a Secret is copied. */
#include "api/secret.h"

#include <string.h>

#include "base/base64.h"
#include "base/str.h"
#include "webhooks/kinds.h"

#define SECRET_BYTES_MAX (64 * 1024)

static const char *const types[] = { "", SECRET_TYPE_OPAQUE, SECRET_TYPE_TLS, NULL };

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
