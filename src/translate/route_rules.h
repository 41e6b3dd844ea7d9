/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a HTTPRoute or GRPCRoute, lowered without knowing yet where they attach. */
#pragma once

#include "translate/backend.h"
#include "translate/virtual_host.h"

struct route_rules {
	struct tenant *tenant;
	const struct carried *carried;
	uint16_t failure; /* what a request gets that cannot be served: 500 or 503 */
	LIST_OF(struct ranked_route) routes; /* ranks of the host still 0 */
	struct string_list clusters;
	size_t rule_count;
	/* ResolvedRefs: the gravest fault, NULL when there is none. */
	const char *unresolved, *unresolved_message;
	/* Rules that we cannot do, which answer `failure`. */
	size_t dropped_count;
	const char *dropped_reason, *dropped_message;
	const char *endpoints_reason; /* endpoints that were left out, or NULL */
};

void route_rules_init(struct route_rules *rules, struct tenant *tenant,
		      const struct carried *carried);

/* The cluster of a reference, or NULL; what is wrong with it is noted. */
const char *route_rules_cluster(struct route_rules *rules, const struct object_ref *ref);

/* Notes that rule `index` cannot be done, and lets route answer so. */
void route_rules_drop(struct route_rules *rules, size_t index, struct ir_route *route,
		      const char *reason, const char *message);

/* What the rule does with its requests, apart from filters. Returns why it cannot, or NULL. */
const char *route_rules_backends(struct route_rules *rules, struct ir_route *route,
				 const struct backend_list *backends);

/* Of headers whose names differ only by case the first counts. (Gateway API HTTPHeaderMatch) */
void route_rules_headers(struct route_rules *rules, struct ir_match *match,
			 const struct header_match_list *headers);

/* Appends a route for one match, in the order of rules and matches. */
void route_rules_add(struct route_rules *rules, const struct ir_route *route, const uint32_t *ranks,
		     size_t rank_count);

/* In http_route.c and grpc_route.c. */
void http_route_lower(struct route_rules *rules);
void grpc_route_lower(struct route_rules *rules);
