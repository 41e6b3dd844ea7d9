/* SPDX-License-Identifier: Apache-2.0 */
/* What embedded HTTPRoutes and GRPCRoutes share: parents, hostnames, header matches, backends. */
#include "base/str.h"
#include "webhooks/hosts.h"
#include "webhooks/pattern.h"
#include "webhooks/source.h"

static bool same_parent(const struct parent_ref *a, const struct parent_ref *b)
{
	return str_equal(a->group ? a->group : GATEWAY_GROUP,
			 b->group ? b->group : GATEWAY_GROUP) &&
	       str_equal(a->kind ? a->kind : "Gateway", b->kind ? b->kind : "Gateway") &&
	       str_equal(a->name, b->name) &&
	       (a->namespace ? str_equal(a->namespace, b->namespace) : !b->namespace);
}

static bool same_text(const char *a, const char *b)
{
	return a ? str_equal(a, b) : !b;
}

/* Two references to one parent name its listeners in the same way, and different ones. */
static bool told_apart(const struct parent_ref *a, const struct parent_ref *b)
{
	if (!a->section_name != !b->section_name || !a->port != !b->port)
		return false;
	return !same_text(a->section_name, b->section_name) || a->port != b->port;
}

void source_check_parents(const struct source *source, const struct parent_list *parents)
{
	struct path list = path_key(&source->spec, "parentRefs");

	for (size_t i = 0; i < parents->count; i++) {
		const struct parent_ref *parent = &parents->items[i];
		struct path item = path_index(&list, i);

		for (size_t j = 0; j < i && parent->name; j++)
			if (same_parent(parent, &parents->items[j]) &&
			    !told_apart(parent, &parents->items[j])) {
				source_invalid(source, PROBLEM_DUPLICATE, &item, parent->name,
					       "references to one parent must each set "
					       "sectionName or port, and differ in it");
				break;
			}
	}
}

void source_check_hostnames(const struct source *source, const struct string_list *hostnames)
{
	struct path list = path_key(&source->spec, "hostnames");

	if (!hostnames->count)
		host_check(source->admission, "RT005", &list, NULL, REACH_ANY_DEPTH);
	for (size_t i = 0; i < hostnames->count; i++) {
		struct path item = path_index(&list, i);

		if (str_is_empty(hostnames->items[i]))
			source_invalid(source, PROBLEM_INVALID, &item, "", "must not be empty");
		else
			host_check(source->admission, "RT005", &item, hostnames->items[i],
				   REACH_ANY_DEPTH);
	}
}

void source_check_regex(const struct source *source, const struct path *path, const char *regex)
{
	const char *fault = regex ? regex_fault(regex) : NULL;

	if (fault)
		source_invalid(source, PROBLEM_INVALID, path, regex,
			       "must be a regular expression and %s", fault);
}

void source_check_matches(const struct source *source, const struct path *path,
			  const struct header_match_list *matches, bool are_headers)
{
	bool (*same)(const char *, const char *) = are_headers ? str_equal_nocase : str_equal;

	for (size_t i = 0; i < matches->count; i++) {
		const struct header_match *match = &matches->items[i];
		struct path item = path_index(path, i), name = path_key(&item, "name");
		struct path value = path_key(&item, "value");

		for (size_t j = 0; j < i && match->name; j++)
			if (same(match->name, matches->items[j].name)) {
				source_invalid(source, PROBLEM_DUPLICATE, &name, match->name,
					       "each name once");
				break;
			}
		if (str_equal(match->type, "RegularExpression"))
			source_check_regex(source, &value, match->value);
	}
}

void source_check_backends(const struct source *source, const struct path *rule,
			   const struct backend_list *backends)
{
	struct path list = path_key(rule, "backendRefs");

	for (size_t i = 0; i < backends->count; i++) {
		const struct object_ref *ref = &backends->items[i].ref;
		struct path item = path_index(&list, i), port = path_key(&item, "port");

		if (str_is_empty(ref->group) && (!ref->kind || str_equal(ref->kind, "Service")) &&
		    ref->name && !ref->port)
			source_invalid(source, PROBLEM_REQUIRED, &port, NULL,
				       "must be set for a Service");
	}
}
