/* SPDX-License-Identifier: Apache-2.0 */
/* An embedded HTTPRoute: what Gateway API itself refuses, and its hosts. */
#include <string.h>

#include "api/format.h"
#include "base/arena.h"
#include "base/str.h"
#include "webhooks/pattern.h"
#include "webhooks/source.h"

#define MATCHES_MAX 128 /* over all rules */

/* ^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$ */
static bool is_path_text(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-/._~!$&'()*+,;=:@";
	static const char hex[] = "0123456789abcdefABCDEF";

	for (;;) {
		path += strspn(path, plain);
		if (!*path)
			return true;
		if (*path != '%' || !path[1] || !strchr(hex, path[1]) || !path[2] ||
		    !strchr(hex, path[2]))
			return false;
		path += 3;
	}
}

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
	if (!fault && !is_path_text(match->value))
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
		source_check_matches(source, &headers, &match->headers, true);
		source_check_matches(source, &params, &match->query_params, false);
	}
}

static bool has_one_prefix_match(const struct http_rule *rule)
{
	const struct path_match *path;

	if (!rule->matches.count)
		return true;
	path = rule->matches.items[0].path;
	return rule->matches.count == 1 &&
	       (!path || !path->type || str_equal(path->type, "PathPrefix"));
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

static void check_retry(const struct source *source, const struct http_retry *retry,
			const struct path *at)
{
	struct path path = path_key(at, "retry"), codes = path_key(&path, "codes");
	const json_t *code;
	size_t i;

	if (!retry)
		return;
	if (retry->codes && !json_is_array(retry->codes))
		source_invalid(source, PROBLEM_INVALID, &codes, NULL, "must be a list");
	json_array_foreach(retry->codes, i, code) {
		struct path item = path_index(&codes, i);

		if (!json_is_integer(code) || json_integer_value(code) < 400 ||
		    json_integer_value(code) > 599)
			source_invalid(source, PROBLEM_INVALID, &item, NULL, "must be 400 to 599");
	}
}

static void check_session(const struct source *source, const json_t *session, const struct path *at)
{
	struct path path = path_key(at, "sessionPersistence");
	const json_t *cookie = json_object_get(session, "cookieConfig");

	if (cookie && str_equal(json_text(session, "type"), "Header"))
		source_invalid(source, PROBLEM_FORBIDDEN, &path, NULL,
			       "cookieConfig must not be set for type Header");
	if (str_equal(json_text(cookie, "lifetimeType"), "Permanent") &&
	    !json_has(session, "absoluteTimeout"))
		source_invalid(source, PROBLEM_REQUIRED, &path, NULL,
			       "absoluteTimeout must be set for a Permanent cookie");
}

static void check_rule_name(const struct source *source, const struct http_route *route, size_t i,
			    const struct path *at)
{
	struct path path = path_key(at, "name");
	const char *name = route->rules.items[i].name;

	for (size_t j = 0; name && j < i; j++)
		if (str_equal(name, route->rules.items[j].name)) {
			source_invalid(source, PROBLEM_DUPLICATE, &path, name,
				       "rule names must be unique");
			return;
		}
}

void source_check_http_route(const struct source *source)
{
	const struct http_route *route = source->embedded->http_route;
	struct path rules = path_key(&source->spec, "rules");
	size_t matches = 0;

	source_check_parents(source, &route->parent_refs);
	source_check_hostnames(source, &route->hostnames);
	for (size_t i = 0; i < route->rules.count; i++) {
		const struct http_rule *rule = &route->rules.items[i];
		struct path at = path_index(&rules, i);

		matches += rule->matches.count;
		check_rule_name(source, route, i, &at);
		check_matches(source, rule, &at);
		check_filters(source, rule, &at);
		source_check_backends(source, &at, &rule->backend_refs);
		check_timeouts(source, rule->timeouts, &at);
		check_retry(source, rule->retry, &at);
		check_session(source, rule->session_persistence, &at);
	}
	if (matches > MATCHES_MAX)
		problems_add(&source->admission->problems, "RT009", PROBLEM_TOO_MANY, &rules, NULL,
			     "have %zu matches together; at most %d are allowed", matches,
			     MATCHES_MAX);
}
