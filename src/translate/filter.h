/* SPDX-License-Identifier: Apache-2.0 */
/* Filters of HTTPRoute and GRPCRoute to what IR can express. */
#pragma once

#include "translate/route_rules.h"

/* Applies a rule's filters to its route. prefix_match: the rule has exactly one match, by prefix.
 * Returns why it cannot, or NULL; *ret_reason is then Gateway API's reason. */
const char *filter_rule(struct route_rules *rules, struct ir_route *route,
			const struct filter_list *filters, bool prefix_match,
			const char **ret_reason);

/* Those of one backendRef: header modifiers alone. Returns why it cannot, or NULL. */
const char *filter_backend(struct route_rules *rules, struct ir_backend *backend,
			   const struct filter_list *filters);
