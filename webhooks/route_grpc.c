/* SPDX-License-Identifier: Apache-2.0 */
/* An embedded GRPCRoute: what Gateway API itself refuses, and its hosts. */
#include "base/str.h"
#include "webhooks/source.h"

static void check_method(const struct source *source, const struct grpc_method *method,
			 const struct path *at)
{
	struct path path = path_key(at, "method"), service = path_key(&path, "service");
	struct path name = path_key(&path, "method");

	if (!method || !str_equal(method->type, "RegularExpression"))
		return;
	source_check_regex(source, &service, method->service);
	source_check_regex(source, &name, method->method);
}

static void check_filters(const struct source *source, const struct grpc_rule *rule,
			  const struct path *at)
{
	const struct filter_site site = { .is_grpc = true };
	struct path backends = path_key(at, "backendRefs");

	source_check_filters(source, at, &rule->filters, &site);
	for (size_t i = 0; i < rule->backend_refs.count; i++) {
		struct path item = path_index(&backends, i);

		source_check_filters(source, &item, &rule->backend_refs.items[i].filters, &site);
	}
}

void source_check_grpc_route(const struct source *source)
{
	const struct grpc_route *route = source->embedded->grpc_route;
	struct path rules = path_key(&source->spec, "rules");
	size_t count = 0;

	source_check_hostnames(source, &route->hostnames);
	for (size_t i = 0; i < route->rules.count; i++) {
		const struct grpc_rule *rule = &route->rules.items[i];
		struct path at = path_index(&rules, i), matches = path_key(&at, "matches");

		count += rule->matches.count;
		for (size_t j = 0; j < rule->matches.count; j++) {
			struct path item = path_index(&matches, j);
			struct path headers = path_key(&item, "headers");

			check_method(source, rule->matches.items[j].method, &item);
			source_check_matches(source, &headers, &rule->matches.items[j].headers);
		}
		check_filters(source, rule, &at);
	}
	source_check_match_count(source, count);
}
