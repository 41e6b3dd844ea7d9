/* SPDX-License-Identifier: Apache-2.0 */
/* A DeltaDiscoveryRequest, decoded. */
#include "xds/request.h"

#include "base/arena.h"
#include "xds/discovery.pb-c.h"

static void release(void *message)
{
	envoy__service__discovery__v3__delta_discovery_request__free_unpacked(message, NULL);
}

static struct string_list names(struct arena *arena, char **items, size_t count)
{
	struct string_list list = { 0 };

	for (size_t i = 0; i < count; i++)
		LIST_APPEND(arena, &list, items[i]);
	return list;
}

int xds_request_decode(struct arena *arena, const void *bytes, size_t length,
		       struct xds_request *ret, struct error *err)
{
	Envoy__Service__Discovery__V3__DeltaDiscoveryRequest *message =
		envoy__service__discovery__v3__delta_discovery_request__unpack(NULL, length, bytes);

	if (!message)
		return error_set(err, ERROR_INVALID, "not a DeltaDiscoveryRequest");
	arena_adopt(arena, message, release);
	*ret = (struct xds_request){
		.node = message->node ? message->node->id : "",
		.type_url = message->type_url,
		.subscribe = names(arena, message->resource_names_subscribe,
				   message->n_resource_names_subscribe),
		.unsubscribe = names(arena, message->resource_names_unsubscribe,
				     message->n_resource_names_unsubscribe),
		.nonce = message->response_nonce,
		.refused = message->error_detail != NULL,
		.message = message->error_detail ? message->error_detail->message : "",
	};
	for (size_t i = 0; i < message->n_initial_resource_versions; i++)
		LIST_APPEND(arena, &ret->versions,
			    (struct key_value){ message->initial_resource_versions[i]->key,
						message->initial_resource_versions[i]->value });
	return 0;
}
