/* SPDX-License-Identifier: Apache-2.0 */
/* Allowed domains. */
#include "policy/domains.h"

#include <string.h>

#include "api/format.h"
#include "base/str.h"
#include "policy/host.h"

static bool is_everything(const char *pattern)
{
	return str_equal(pattern, "*") || str_equal(pattern, "**");
}

/* The name behind the stars; *ret_depth is how many labels may stand before it (-1: any). */
static const char *pattern_base(const char *pattern, int *ret_depth)
{
	if (str_has_prefix(pattern, "**.")) {
		*ret_depth = -1;
		return pattern + 3;
	}
	*ret_depth = str_has_prefix(pattern, "*.") ? 1 : 0;
	return *ret_depth ? pattern + 2 : pattern;
}

/* How many labels of host stand before base (0: it is base); -1 when it is not under base, or one
 * of those labels is punycode. */
static int labels_before(const char *host, const char *base)
{
	int labels = 0;

	if (str_equal(host, base))
		return 0;
	if (!host_is_below(host, base))
		return -1;
	for (; !str_equal(host, base); host = host_parent(host)) {
		if (str_has_prefix(host, "xn--"))
			return -1;
		labels++;
	}
	return labels;
}

static bool pattern_allows(const char *pattern, const char *host, enum wildcard_reach reach)
{
	const char *below = host_wildcard_base(host);
	char canonical[HOST_MAX + 1];
	const char *base;
	int depth, labels;

	if (!host_canonical(pattern, canonical))
		return false;
	base = pattern_base(canonical, &depth);
	labels = labels_before(below ? below : host, base);
	if (labels < 0)
		return false;
	if (depth < 0)
		return true;
	if (below)
		return reach == REACH_ONE_LABEL && labels + 1 <= depth;
	return labels <= depth;
}

bool domains_allow(const struct string_list *patterns, const char *host, enum wildcard_reach reach)
{
	char canonical[HOST_MAX + 1];

	for (size_t i = 0; i < patterns->count; i++)
		if (is_everything(patterns->items[i]))
			return true;
	if (!patterns->count)
		return true;
	if (host_is_catch_all(host) || !host_canonical(host, canonical))
		return false;
	for (size_t i = 0; i < patterns->count; i++)
		if (pattern_allows(patterns->items[i], canonical, reach))
			return true;
	return false;
}

bool domain_pattern_valid(const char *pattern)
{
	char canonical[HOST_MAX + 1];
	int depth;

	if (is_everything(pattern))
		return true;
	return host_canonical(pattern, canonical) &&
	       format_dns_subdomain.fits(pattern_base(canonical, &depth));
}
