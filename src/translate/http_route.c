/* SPDX-License-Identifier: Apache-2.0 */
/* HTTPRoute's rules to IR. */
#include "api/http_route.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "translate/filter.h"
#include "translate/route_rules.h"

/* Gateway API Duration, as its format allows it: "1h30m", "250ms"; capped where IR ends. */
static uint32_t duration_ms(const char *text)
{
	uint64_t sum = 0;

	while (text && *text) {
		char *end;
		uint64_t number = strtoul(text, &end, 10);

		if (end == text)
			return 0;
		text = end + 1;
		if (str_has_prefix(end, "ms")) {
			sum += number;
			text++;
		} else if (*end == 'h') {
			sum += number * 3600000;
		} else if (*end == 'm') {
			sum += number * 60000;
		} else if (*end == 's') {
			sum += number * 1000;
		} else {
			return 0;
		}
	}
	return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

static bool is_regex(const char *type)
{
	return str_equal(type, "RegularExpression");
}

static void set_path(struct ir_match *match, const struct path_match *path)
{
	const char *type = path ? path->type : NULL;

	match->path = path && path->value ? path->value : "/";
	match->path_type = IR_PATH_PREFIX;
	if (str_equal(type, "Exact"))
		match->path_type = IR_PATH_EXACT;
	else if (is_regex(type))
		match->path_type = IR_PATH_REGEX;
}

static void add_queries(struct arena *arena, struct ir_match *match,
			const struct header_match_list *queries)
{
	for (size_t i = 0; i < queries->count; i++) {
		const struct header_match *query = &queries->items[i];
		bool seen = false;

		for (size_t j = 0; j < i; j++)
			seen = seen || str_equal(queries->items[j].name, query->name);
		if (!seen)
			LIST_APPEND(arena, &match->queries,
				    (struct ir_value_match){ .name = query->name,
							     .value = query->value,
							     .regex = is_regex(query->type) });
	}
}

/* A regular expression stands between an exact path and a prefix: Gateway API leaves it to us. */
static uint32_t path_rank(const struct ir_match *match)
{
	switch (match->path_type) {
	case IR_PATH_EXACT:
		return 2;
	case IR_PATH_REGEX:
		return 1;
	case IR_PATH_PREFIX:
		return 0;
	}
	return 0;
}

static uint32_t path_length(const struct ir_match *match)
{
	size_t length = strlen(match->path);

	while (match->path_type == IR_PATH_PREFIX && length > 1 && match->path[length - 1] == '/')
		length--;
	return (uint32_t)length;
}

static void add_match(struct route_rules *rules, struct ir_route route,
		      const struct http_match *match)
{
	struct arena *arena = rules->tenant->pass.arena;

	set_path(&route.match, match->path);
	route_rules_headers(rules, &route.match, &match->headers);
	add_queries(arena, &route.match, &match->query_params);
	route.match.method = match->method;

	const uint32_t ranks[] = {
		path_rank(&route.match),
		path_length(&route.match),
		route.match.method != NULL,
		(uint32_t)route.match.headers.count,
		(uint32_t)route.match.queries.count,
	};
	route_rules_add(rules, &route, ranks, sizeof(ranks) / sizeof(*ranks));
}

static bool one_prefix_match(const struct http_rule *rule)
{
	const struct path_match *path;

	if (!rule->matches.count)
		return true;
	path = rule->matches.items[0].path;
	return rule->matches.count == 1 &&
	       (!path || !path->type || str_equal(path->type, "PathPrefix"));
}

static struct ir_route lower_action(struct route_rules *rules, const struct http_rule *rule,
				    size_t index)
{
	struct ir_route route = { 0 };
	const char *reason = "UnsupportedValue";
	const char *why =
		filter_rule(rules, &route, &rule->filters, one_prefix_match(rule), &reason);

	if (!why && !route.redirect)
		why = route_rules_backends(rules, &route, &rule->backend_refs);
	if (why) {
		route_rules_drop(rules, index, &route, reason, why);
		return route;
	}
	if (rule->timeouts) {
		route.timeout_ms = duration_ms(rule->timeouts->request);
		route.backend_timeout_ms = duration_ms(rule->timeouts->backend_request);
	}
	return route;
}

static void lower_rule(struct route_rules *rules, const struct http_rule *rule, size_t index)
{
	static const struct http_match every_request;
	struct ir_route route = lower_action(rules, rule, index);

	for (size_t i = 0; i < rule->matches.count; i++)
		add_match(rules, route, &rule->matches.items[i]);
	if (!rule->matches.count)
		add_match(rules, route, &every_request);
}

void http_route_lower(struct route_rules *rules)
{
	static const struct http_rule no_rule;
	const struct http_route *route = rules->carried->source->http_route;

	for (size_t i = 0; i < route->rules.count; i++)
		lower_rule(rules, &route->rules.items[i], i);
	if (!route->rules.count)
		lower_rule(rules, &no_rule, 0);
	rules->rule_count = route->rules.count ? route->rules.count : 1;
}
