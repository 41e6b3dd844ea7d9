/* SPDX-License-Identifier: Apache-2.0 */
/* Filters: a rule with one that cannot be done is not served without it. */
#include "translate/filter.h"

#include "base/arena.h"
#include "base/str.h"

static bool is_host(const char *name)
{
	return str_equal_nocase(name, "host");
}

/* Envoy refuses a whole table for one change of Host, and has URLRewrite for it. */
static const char *check_headers(const struct header_modifier *modifier)
{
	bool found = false;

	for (size_t i = 0; i < modifier->set.count; i++)
		found = found || is_host(modifier->set.items[i].name);
	for (size_t i = 0; i < modifier->add.count; i++)
		found = found || is_host(modifier->add.items[i].name);
	for (size_t i = 0; i < modifier->remove.count; i++)
		found = found || is_host(modifier->remove.items[i]);
	return found ? "the header Host is changed by URLRewrite alone" : NULL;
}

/* Of names that differ by case alone the first counts. (Gateway API HTTPHeaderFilter) */
static void add_list(struct arena *arena, struct string_map *changes,
		     const struct name_value *headers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool seen = false;

		for (size_t j = 0; j < i; j++)
			seen = seen || str_equal_nocase(headers[i].name, headers[j].name);
		if (!seen)
			LIST_APPEND(arena, changes,
				    (struct key_value){ headers[i].name, headers[i].value });
	}
}

/* Returns why the headers cannot be changed so, or NULL. */
static const char *add_headers(struct arena *arena, struct ir_header_changes *changes,
			       const struct header_modifier *modifier)
{
	add_list(arena, &changes->set, modifier->set.items, modifier->set.count);
	add_list(arena, &changes->add, modifier->add.items, modifier->add.count);
	for (size_t i = 0; i < modifier->remove.count; i++)
		LIST_APPEND(arena, &changes->remove, modifier->remove.items[i]);
	return check_headers(modifier);
}

/* A mirror that cannot be resolved is dropped: the request itself is served. */
static void add_mirror(struct route_rules *rules, struct ir_route *route,
		       const struct request_mirror *mirror)
{
	struct ir_mirror copy = { .numerator = 100, .denominator = 100 };

	copy.cluster = route_rules_cluster(rules, &mirror->backend_ref);
	if (mirror->percent >= 0)
		copy.numerator = (uint32_t)mirror->percent;
	if (mirror->fraction) {
		copy.numerator = (uint32_t)mirror->fraction->numerator;
		copy.denominator = (uint32_t)mirror->fraction->denominator;
	}
	if (copy.cluster && copy.denominator)
		LIST_APPEND(rules->tenant->pass.arena, &route->mirrors, copy);
}

static const char no_prefix[] =
	"ReplacePrefixMatch needs exactly one match of type PathPrefix in the rule";

static bool prefix_misplaced(const struct path_modifier *path, bool prefix_match)
{
	return path && str_equal(path->type, "ReplacePrefixMatch") && !prefix_match;
}

static void read_path(const struct path_modifier *path, const char **ret_full,
		      const char **ret_prefix)
{
	if (!path)
		return;
	if (str_equal(path->type, "ReplacePrefixMatch"))
		*ret_prefix = path->replace_prefix_match ? path->replace_prefix_match : "/";
	else
		*ret_full = path->replace_full_path ? path->replace_full_path : "/";
}

static void set_redirect(struct arena *arena, struct ir_route *route,
			 const struct request_redirect *spec)
{
	struct ir_redirect *redirect = ARENA_NEW(arena, struct ir_redirect);

	redirect->scheme = spec->scheme;
	redirect->host = str_is_empty(spec->hostname) ? NULL : spec->hostname;
	redirect->port = (uint16_t)spec->port;
	redirect->status = (uint16_t)spec->status_code;
	read_path(spec->path, &redirect->full_path, &redirect->prefix_path);
	route->redirect = redirect;
}

static void set_rewrite(struct arena *arena, struct ir_route *route, const struct url_rewrite *spec)
{
	struct ir_rewrite *rewrite = ARENA_NEW(arena, struct ir_rewrite);

	rewrite->host = str_is_empty(spec->hostname) ? NULL : spec->hostname;
	read_path(spec->path, &rewrite->full_path, &rewrite->prefix_path);
	route->rewrite = rewrite;
}

static const char *apply(struct route_rules *rules, struct ir_route *route,
			 const struct http_filter *filter, bool prefix_match)
{
	struct arena *arena = rules->tenant->pass.arena;

	if (str_equal(filter->type, "RequestHeaderModifier") && filter->request_headers) {
		return add_headers(arena, &route->request_headers, filter->request_headers);
	} else if (str_equal(filter->type, "ResponseHeaderModifier") && filter->response_headers) {
		return add_headers(arena, &route->response_headers, filter->response_headers);
	} else if (str_equal(filter->type, "RequestMirror") && filter->mirror) {
		add_mirror(rules, route, filter->mirror);
	} else if (str_equal(filter->type, "RequestRedirect") && filter->redirect) {
		if (prefix_misplaced(filter->redirect->path, prefix_match))
			return no_prefix;
		set_redirect(arena, route, filter->redirect);
	} else if (str_equal(filter->type, "URLRewrite") && filter->rewrite) {
		if (prefix_misplaced(filter->rewrite->path, prefix_match))
			return no_prefix;
		set_rewrite(arena, route, filter->rewrite);
	} else {
		return arena_printf(arena, "filter %s is not supported",
				    filter->type ? filter->type : "without type");
	}
	return NULL;
}

const char *filter_rule(struct route_rules *rules, struct ir_route *route,
			const struct filter_list *filters, bool prefix_match,
			const char **ret_reason)
{
	for (size_t i = 0; i < filters->count; i++) {
		const char *why = apply(rules, route, &filters->items[i], prefix_match);

		if (why) {
			*ret_reason = "UnsupportedValue";
			return why;
		}
	}
	if (route->redirect && route->rewrite) {
		*ret_reason = "IncompatibleFilters";
		return "RequestRedirect and URLRewrite cannot go together";
	}
	return NULL;
}

const char *filter_backend(struct route_rules *rules, struct ir_backend *backend,
			   const struct filter_list *filters)
{
	struct arena *arena = rules->tenant->pass.arena;

	const char *why = NULL;

	for (size_t i = 0; i < filters->count && !why; i++) {
		const struct http_filter *filter = &filters->items[i];

		if (str_equal(filter->type, "RequestHeaderModifier") && filter->request_headers)
			why = add_headers(arena, &backend->request_headers,
					  filter->request_headers);
		else if (str_equal(filter->type, "ResponseHeaderModifier") &&
			 filter->response_headers)
			why = add_headers(arena, &backend->response_headers,
					  filter->response_headers);
		else
			why = arena_printf(arena, "filter %s of a backendRef is not supported",
					   filter->type ? filter->type : "without type");
	}
	return why;
}
