/* SPDX-License-Identifier: Apache-2.0 */
/* What embedded HTTPRoutes and GRPCRoutes share: hostnames and matches. */
#include "base/str.h"
#include "webhooks/hosts.h"
#include "webhooks/pattern.h"
#include "webhooks/source.h"

#define MATCHES_MAX 128 /* over all rules */

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
			  const struct header_match_list *matches)
{
	for (size_t i = 0; i < matches->count; i++) {
		const struct header_match *match = &matches->items[i];
		struct path item = path_index(path, i), value = path_key(&item, "value");

		if (str_equal(match->type, "RegularExpression"))
			source_check_regex(source, &value, match->value);
	}
}

void source_check_match_count(const struct source *source, size_t count)
{
	struct path rules = path_key(&source->spec, "rules");

	if (count > MATCHES_MAX)
		problems_add(&source->admission->problems, "RT009", PROBLEM_TOO_MANY, &rules, NULL,
			     "have %zu matches together; at most %d are allowed", count,
			     MATCHES_MAX);
}
