/* SPDX-License-Identifier: Apache-2.0 */
/* Filters of embedded HTTPRoutes and GRPCRoutes: what Gateway API itself refuses. */
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "webhooks/source.h"

/* Which member belongs to which type. */
static const struct filter_member {
	const char *type, *name;
	size_t offset;
	bool once; /* at most one in a list */
	bool grpc; /* also of GRPCRoute */
} members[] = {
	{ "RequestHeaderModifier", "requestHeaderModifier",
	  offsetof(struct http_filter, request_headers), true, true },
	{ "ResponseHeaderModifier", "responseHeaderModifier",
	  offsetof(struct http_filter, response_headers), true, true },
	{ "RequestMirror", "requestMirror", offsetof(struct http_filter, mirror), false, true },
	{ "RequestRedirect", "requestRedirect", offsetof(struct http_filter, redirect), true,
	  false },
	{ "URLRewrite", "urlRewrite", offsetof(struct http_filter, rewrite), true, false },
	{ "CORS", "cors", offsetof(struct http_filter, cors), true, false },
	{ "ExtensionRef", "extensionRef", offsetof(struct http_filter, extension_ref), false,
	  true },
	{ "ExternalAuth", "externalAuth", offsetof(struct http_filter, external_auth), false,
	  false },
};

#define MEMBERS (sizeof(members) / sizeof(*members))

static const struct filter_member *member_of_type(const char *type)
{
	for (size_t i = 0; type && i < MEMBERS; i++)
		if (str_equal(members[i].type, type))
			return &members[i];
	return NULL;
}

static bool has_member(const struct http_filter *filter, const struct filter_member *member)
{
	const void *value;

	memcpy(&value, (const char *)filter + member->offset, sizeof(value));
	return value != NULL;
}

/* The member of its type present, all others absent. */
static void check_union(const struct source *source, const struct http_filter *filter,
			const struct path *at, const struct filter_site *site)
{
	const struct filter_member *own = member_of_type(filter->type);
	struct path type = path_key(at, "type");

	if (!filter->type)
		return;
	if (!own) {
		problems_warn(
			&source->admission->problems, &type,
			"no filter that is known here: its rule is answered with an error [RT008]");
		return;
	}
	if (site->is_grpc && !own->grpc)
		source_invalid(source, PROBLEM_NOT_SUPPORTED, &type, filter->type,
			       "must be a filter of GRPCRoute");
	for (size_t i = 0; i < MEMBERS; i++) {
		struct path member = path_key(at, members[i].name);

		if (&members[i] == own && !has_member(filter, own))
			source_invalid(source, PROBLEM_REQUIRED, &member, NULL,
				       "must be set for type %s", own->type);
		else if (&members[i] != own && has_member(filter, &members[i]))
			source_invalid(source, PROBLEM_FORBIDDEN, &member, NULL,
				       "must not be set for type %s", own->type);
	}
	if (str_equal(filter->type, "ExtensionRef") || str_equal(filter->type, "ExternalAuth"))
		problems_warn(&source->admission->problems, &type,
			      "not acted on: its rule is answered with an error [RT008]");
}

static void check_repetition(const struct source *source, const struct filter_list *filters,
			     const struct path *list)
{
	bool redirects = false, rewrites = false;

	for (size_t i = 0; i < filters->count; i++) {
		const char *type = filters->items[i].type;
		const struct filter_member *own = member_of_type(type);
		struct path item = path_index(list, i);

		redirects = redirects || str_equal(type, "RequestRedirect");
		rewrites = rewrites || str_equal(type, "URLRewrite");
		for (size_t j = 0; own && own->once && j < i; j++)
			if (str_equal(type, filters->items[j].type)) {
				source_invalid(source, PROBLEM_DUPLICATE, &item, type,
					       "at most once in a list of filters");
				break;
			}
	}
	if (redirects && rewrites)
		source_invalid(source, PROBLEM_INVALID, list, NULL,
			       "must not hold RequestRedirect and URLRewrite");
}

/* Headers by which hops and proxies know each other; a route that wrote them could pose as one. */
static bool is_reserved_header(const char *name)
{
	static const char *const names[] = { "host",	   "connection", "transfer-encoding",
					     "upgrade",	   "te",	 "trailer",
					     "keep-alive", "forwarded",	 "content-length" };
	static const char *const prefixes[] = { "x-envoy-", "x-forwarded-", "x-remote-" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_equal_nocase(name, names[i]))
			return true;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static void check_header_name(const struct source *source, const char *name,
			      const struct path *path)
{
	if (name && is_reserved_header(name))
		source_invalid(source, PROBLEM_FORBIDDEN, path, name,
			       "must be none of the headers by which proxies know each other");
}

static void check_header_list(const struct source *source, const struct name_value *items,
			      size_t count, const struct path *list)
{
	for (size_t i = 0; i < count; i++) {
		struct path item = path_index(list, i), name = path_key(&item, "name");

		check_header_name(source, items[i].name, &name);
	}
}

static void check_header_modifier(const struct source *source, const struct header_modifier *m,
				  const struct path *at, const char *key)
{
	struct path path = path_key(at, key), set = path_key(&path, "set");
	struct path add = path_key(&path, "add"), remove = path_key(&path, "remove");

	if (!m)
		return;
	check_header_list(source, m->set.items, m->set.count, &set);
	check_header_list(source, m->add.items, m->add.count, &add);
	for (size_t i = 0; i < m->remove.count; i++) {
		struct path item = path_index(&remove, i);

		check_header_name(source, m->remove.items[i], &item);
	}
}

static void check_path_modifier(const struct source *source, const struct path_modifier *modifier,
				const struct path *parent, const struct filter_site *site)
{
	struct path path = path_key(parent, "path"), type = path_key(&path, "type");
	bool prefix;

	if (!modifier || !modifier->type)
		return;
	prefix = str_equal(modifier->type, "ReplacePrefixMatch");
	if (!prefix && !str_equal(modifier->type, "ReplaceFullPath"))
		return;
	if (!(prefix ? modifier->replace_prefix_match : modifier->replace_full_path))
		source_invalid(source, PROBLEM_REQUIRED, &path, NULL,
			       "must set the member of its type, %s", modifier->type);
	if (prefix ? modifier->replace_full_path : modifier->replace_prefix_match)
		source_invalid(source, PROBLEM_FORBIDDEN, &path, NULL,
			       "must set no other member than that of its type, %s",
			       modifier->type);
	if (prefix && !site->one_prefix_match)
		source_invalid(source, PROBLEM_INVALID, &type, modifier->type,
			       "needs exactly one match in its rule, of type PathPrefix");
}

static void check_redirect(const struct source *source, const struct request_redirect *redirect,
			   const struct path *at, const struct filter_site *site)
{
	struct path path = path_key(at, "requestRedirect");

	if (!redirect)
		return;
	check_path_modifier(source, redirect->path, &path, site);
	if (site->has_backends)
		source_invalid(source, PROBLEM_FORBIDDEN, &path, NULL,
			       "must not stand in a rule with backendRefs");
}

static void check_mirror(const struct source *source, const struct request_mirror *mirror,
			 const struct path *at)
{
	struct path path = path_key(at, "requestMirror"), fraction = path_key(&path, "fraction");

	if (!mirror)
		return;
	if (mirror->percent >= 0 && mirror->fraction)
		source_invalid(source, PROBLEM_FORBIDDEN, &path, NULL,
			       "must set percent or fraction, not both");
	if (mirror->fraction && mirror->fraction->numerator > mirror->fraction->denominator)
		source_invalid(source, PROBLEM_INVALID, &fraction, NULL,
			       "numerator must be at most denominator");
}

/* "*" says all, and then stands alone. */
static void check_star(const struct source *source, const struct string_list *list,
		       const struct path *parent, const char *key)
{
	struct path path = path_key(parent, key);

	for (size_t i = 0; list->count > 1 && i < list->count; i++)
		if (str_equal(list->items[i], "*"))
			source_invalid(source, PROBLEM_INVALID, &path, "*", "must stand alone");
}

static void check_cors(const struct source *source, const struct http_cors *cors,
		       const struct path *at)
{
	struct path path = path_key(at, "cors");

	if (!cors)
		return;
	check_star(source, &cors->allow_origins, &path, "allowOrigins");
	check_star(source, &cors->allow_methods, &path, "allowMethods");
	check_star(source, &cors->allow_headers, &path, "allowHeaders");
}

void source_check_filters(const struct source *source, const struct path *parent,
			  const struct filter_list *filters, const struct filter_site *site)
{
	struct path list = path_key(parent, "filters");

	for (size_t i = 0; i < filters->count; i++) {
		const struct http_filter *filter = &filters->items[i];
		struct path at = path_index(&list, i), rewrite = path_key(&at, "urlRewrite");

		check_union(source, filter, &at, site);
		check_header_modifier(source, filter->request_headers, &at,
				      "requestHeaderModifier");
		check_header_modifier(source, filter->response_headers, &at,
				      "responseHeaderModifier");
		check_redirect(source, filter->redirect, &at, site);
		if (filter->rewrite)
			check_path_modifier(source, filter->rewrite->path, &rewrite, site);
		check_mirror(source, filter->mirror, &at);
		check_cors(source, filter->cors, &at);
	}
	check_repetition(source, filters, &list);
}
