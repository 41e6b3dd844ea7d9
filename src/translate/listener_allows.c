/* SPDX-License-Identifier: Apache-2.0 */
/* allowedRoutes of a listener: which kinds, of which namespaces of the tenant's own cluster. */
#include "base/arena.h"
#include "base/str.h"
#include "translate/gateway.h"

static bool namespace_selected(struct arena *arena, const struct carried *carried,
			       const struct label_selector *selector)
{
	const struct route *route = carried->hub->route;
	struct string_map labels = { 0 };

	/* What an API server sets on every namespace, whatever somebody wrote. */
	LIST_APPEND(arena, &labels,
		    (struct key_value){ "kubernetes.io/metadata.name", carried->namespace });
	for (size_t i = 0; i < route->namespaces.count; i++) {
		const struct namespace_labels *known = &route->namespaces.items[i];

		if (!str_equal(known->name, carried->namespace))
			continue;
		for (size_t j = 0; j < known->labels.count; j++)
			LIST_APPEND(arena, &labels, known->labels.items[j]);
	}
	return label_selector_matches(selector, &labels);
}

bool listener_allows(struct arena *arena, const struct listener *listener,
		     const struct carried *carried)
{
	const struct allowed_routes *allow = &listener->spec->allowed_routes;
	const char *from = allow->from ? allow->from : "Same";
	bool grpc = carried->source->kind == KIND_GRPC_ROUTE;

	if (grpc ? !listener->grpc_routes : !listener->http_routes)
		return false;
	if (str_equal(from, "All"))
		return true;
	if (str_equal(from, "Same"))
		return str_equal(carried->namespace, listener->gateway->carried->namespace);
	return str_equal(from, "Selector") && namespace_selected(arena, carried, allow->selector);
}
