/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: judged as the endpoints that they will be. */
#include "api/addresses.h"

#include "webhooks/endpoints.h"
#include "webhooks/kinds.h"
#include "webhooks/quota.h"

void addresses_authorize(struct admission *admission)
{
	const struct addresses *addresses = admission->decoded;
	struct path spec = path_key(NULL, "spec");
	struct path list = path_key(&spec, "addresses");

	quota_check(admission);
	for (size_t i = 0; i < addresses->addresses.count; i++) {
		struct path item = path_index(&list, i);

		endpoint_address_check(admission, &item, &addresses->addresses.items[i]);
	}
}
