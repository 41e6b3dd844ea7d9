/* SPDX-License-Identifier: Apache-2.0 */
/* GRPCRoute's rules to IR: a call of a method is a POST to /service/method. */
#include "api/grpc_route.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "translate/filter.h"
#include "translate/regex.h"
#include "translate/route_rules.h"

/* One path element by regular expression: the given one, or any. */
static const char *element(struct arena *arena, const char *text, bool is_regex)
{
	if (str_is_empty(text))
		return "[^/]+";
	return is_regex ? arena_printf(arena, "(?:%s)", text) : regex_quote(arena, text);
}

static void set_path(struct arena *arena, struct ir_match *match, const struct grpc_method *method)
{
	bool is_regex = method && str_equal(method->type, "RegularExpression");

	if (!method || (str_is_empty(method->service) && str_is_empty(method->method))) {
		match->path_type = IR_PATH_PREFIX;
		match->path = "/";
	} else if (is_regex || str_is_empty(method->service)) {
		match->path_type = IR_PATH_REGEX;
		match->path =
			arena_printf(arena, "/%s/%s", element(arena, method->service, is_regex),
				     element(arena, method->method, is_regex));
	} else if (str_is_empty(method->method)) {
		match->path_type = IR_PATH_PREFIX;
		match->path = arena_printf(arena, "/%s/", method->service);
	} else {
		match->path_type = IR_PATH_EXACT;
		match->path = arena_printf(arena, "/%s/%s", method->service, method->method);
	}
}

static uint32_t length(const char *text)
{
	return text ? (uint32_t)strlen(text) : 0;
}

static void add_match(struct route_rules *rules, struct ir_route route,
		      const struct grpc_match *match)
{
	const struct grpc_method *method = match->method;
	bool is_regex = method && str_equal(method->type, "RegularExpression");

	set_path(rules->tenant->pass.arena, &route.match, method);
	route_rules_headers(rules, &route.match, &match->headers);

	const uint32_t ranks[] = {
		method && !is_regex ? length(method->service) : 0,
		method && !is_regex ? length(method->method) : 0,
		is_regex,
		(uint32_t)route.match.headers.count,
	};
	route_rules_add(rules, &route, ranks, sizeof(ranks) / sizeof(*ranks));
}

static void lower_rule(struct route_rules *rules, const struct grpc_rule *rule, size_t index)
{
	static const struct grpc_match every_call;
	const char *reason = "UnsupportedValue";
	struct ir_route route = { 0 };
	const char *why = filter_rule(rules, &route, &rule->filters, false, &reason);

	if (!why && (route.redirect || route.rewrite))
		why = "a GRPCRoute has no such filter";
	if (!why)
		why = route_rules_backends(rules, &route, &rule->backend_refs);
	if (why)
		route_rules_drop(rules, index, &route, reason, why);
	for (size_t i = 0; i < rule->matches.count; i++)
		add_match(rules, route, &rule->matches.items[i]);
	if (!rule->matches.count)
		add_match(rules, route, &every_call);
}

void grpc_route_lower(struct route_rules *rules)
{
	static const struct grpc_rule no_rule;
	const struct grpc_route *route = rules->carried->source->grpc_route;

	for (size_t i = 0; i < route->rules.count; i++)
		lower_rule(rules, &route->rules.items[i], i);
	if (!route->rules.count)
		lower_rule(rules, &no_rule, 0);
	rules->rule_count = route->rules.count ? route->rules.count : 1;
}
