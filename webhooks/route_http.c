/* SPDX-License-Identifier: Apache-2.0 */
/* An embedded HTTPRoute: what Gateway API itself refuses, and its hosts. */
#include <string.h>

#include "api/format.h"
#include "api/gateway_format.h"
#include "base/arena.h"
#include "base/str.h"
#include "webhooks/pattern.h"
#include "webhooks/source.h"

static void check_path(const struct source *source, const struct path_match *match,
		       const struct path *at)
{
	struct path path = path_key(at, "path"), value = path_key(&path, "value");
	const char *fault;

	if (!match || !match->value)
		return;
	if (str_equal(match->type, "RegularExpression")) {
		source_check_regex(source, &value, match->value);
		return;
	}
	fault = path_fault(match->value);
	if (!fault && !format_url_path.fits(match->value))
		fault = "hold only characters of a URL's path, others as %XX";
	if (fault)
		source_invalid(source, PROBLEM_INVALID, &value, match->value, "must %s", fault);
}

static void check_matches(const struct source *source, const struct http_rule *rule,
			  const struct path *at)
{
	struct path list = path_key(at, "matches");

	for (size_t i = 0; i < rule->matches.count; i++) {
		const struct http_match *match = &rule->matches.items[i];
		struct path item = path_index(&list, i), headers = path_key(&item, "headers");
		struct path params = path_key(&item, "queryParams");

		check_path(source, match->path, &item);
		source_check_matches(source, &headers, &match->headers);
		source_check_matches(source, &params, &match->query_params);
	}
}

static bool has_one_prefix_match(const struct http_rule *rule)
{
	const struct path_match *path;

	if (!rule->matches.items)
		return true;
	if (rule->matches.count != 1)
		return false;
	path = rule->matches.items[0].path;
	return !path || !path->type || str_equal(path->type, "PathPrefix");
}

static void check_filters(const struct source *source, const struct http_rule *rule,
			  const struct path *at)
{
	struct filter_site site = { .has_backends = rule->backend_refs.count > 0,
				    .one_prefix_match = has_one_prefix_match(rule) };
	struct path backends = path_key(at, "backendRefs");

	source_check_filters(source, at, &rule->filters, &site);
	site.has_backends = false;
	for (size_t i = 0; i < rule->backend_refs.count; i++) {
		struct path item = path_index(&backends, i);

		source_check_filters(source, &item, &rule->backend_refs.items[i].filters, &site);
	}
}

static void check_timeouts(const struct source *source, const struct http_timeouts *timeouts,
			   const struct path *at)
{
	struct path path = path_key(at, "timeouts"), backend = path_key(&path, "backendRequest");
	int64_t request;

	if (!timeouts || !timeouts->request || !timeouts->backend_request)
		return;
	request = duration_ms(timeouts->request);
	if (request > 0 && duration_ms(timeouts->backend_request) > request)
		source_invalid(source, PROBLEM_INVALID, &backend, timeouts->backend_request,
			       "must be at most timeouts.request");
}

void source_check_http_route(const struct source *source)
{
	const struct http_route *route = source->embedded->http_route;
	struct path rules = path_key(&source->spec, "rules");
	size_t matches = 0;

	source_check_hostnames(source, &route->hostnames);
	for (size_t i = 0; i < route->rules.count; i++) {
		const struct http_rule *rule = &route->rules.items[i];
		struct path at = path_index(&rules, i);

		matches += rule->matches.count;
		check_matches(source, rule, &at);
		check_filters(source, rule, &at);
		check_timeouts(source, rule->timeouts, &at);
	}
	source_check_match_count(source, matches);
}
