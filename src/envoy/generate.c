/* SPDX-License-Identifier: Apache-2.0 */
/* The one generator: IR to Envoy's resources. */
#include "envoy/generate.h"

#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "envoy/cluster.h"
#include "envoy/encode.h"
#include "envoy/listener.h"
#include "envoy/route.h"
#include "envoy/secret.h"

/* Calls emit() for every resource of the IR, in the order of enum resource_type; json is emit()'s. */
static int each_resource(const struct ir *ir,
			 int (*emit)(void *context, enum resource_type type, const char *name,
				     json_t *json, struct error *err),
			 void *context, struct error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ir->clusters.count; i++)
		r = emit(context, RESOURCE_CLUSTER, ir->clusters.items[i].name,
			 cluster_describe(&ir->clusters.items[i]), err);
	for (size_t i = 0; r == 0 && i < ir->clusters.count; i++)
		r = emit(context, RESOURCE_ENDPOINTS, ir->clusters.items[i].name,
			 endpoints_describe(&ir->clusters.items[i]), err);
	for (size_t i = 0; r == 0 && i < ir->secrets.count; i++)
		r = emit(context, RESOURCE_SECRET, ir->secrets.items[i].name,
			 secret_describe(&ir->secrets.items[i]), err);
	for (size_t i = 0; r == 0 && i < ir->listeners.count; i++)
		r = emit(context, RESOURCE_LISTENER, ir->listeners.items[i].name,
			 listener_describe(&ir->listeners.items[i]), err);
	for (size_t i = 0; r == 0 && i < ir->routes.count; i++)
		r = emit(context, RESOURCE_ROUTES, ir->routes.items[i].name,
			 routes_describe(&ir->routes.items[i]), err);
	return r;
}

void resource_list_done(struct resource_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		resource_unref(list->items[i]);
	free(list->items);
	*list = (struct resource_list){ 0 };
}

static int append_encoded(void *context, enum resource_type type, const char *name, json_t *json,
			  struct error *err)
{
	CLEANUP(json_decref) json_t *owned = json;
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct resource_list *list = context;
	const char *message = strchr(resource_type_url(type), '/') + 1;
	int r;

	r = encode(message, owned, &bytes, err);
	if (r < 0)
		return error_prefix(err, "%s '%s'", message, name);
	list->items = memory_resize(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = resource_new(type, name, buf_text(&bytes), bytes.len);
	return 0;
}

int envoy_generate(const struct ir *ir, struct resource_list *ret, struct error *err)
{
	struct resource_list list = { 0 };
	int r;

	r = each_resource(ir, append_encoded, &list, err);
	if (r == 0 && list.count) {
		ret->items =
			memory_resize(ret->items, ret->count + list.count, sizeof(*ret->items));
		for (size_t i = 0; i < list.count; i++)
			ret->items[ret->count++] = resource_ref(list.items[i]);
	}
	resource_list_done(&list);
	return r;
}

static int add_described(void *context, enum resource_type type, const char *name, json_t *json,
			 struct error *err)
{
	static const char *const keys[RESOURCE_TYPES] = {
		[RESOURCE_CLUSTER] = "cluster", [RESOURCE_ENDPOINTS] = "endpoints",
		[RESOURCE_SECRET] = "secret",	[RESOURCE_LISTENER] = "listener",
		[RESOURCE_ROUTES] = "routes",
	};
	json_t *root = context;
	json_t *group = json_object_get(root, keys[type]);

	(void)err;
	if (!group) {
		group = json_object();
		json_object_set_new(root, keys[type], group);
	}
	json_object_set_new(group, name, json);
	return 0;
}

json_t *envoy_describe(const struct ir *ir)
{
	json_t *root = json_object();

	each_resource(ir, add_described, root, NULL);
	return root;
}
