/* SPDX-License-Identifier: Apache-2.0 */
/* Hostnames as Gateway API matches them. */
#include "translate/hostname.h"

#include "base/str.h"
#include "policy/host.h"
#include "translate/map.h"

const char *hostname_canonical(struct arena *arena, const char *host)
{
	char text[HOST_MAX + 1];

	if (host_is_catch_all(host))
		return "*";
	return host_canonical(host, text) ? arena_strdup(arena, text) : NULL;
}

bool hostname_covers(const char *outer, const char *inner)
{
	const char *domain = host_wildcard_base(outer);
	const char *inner_domain = host_wildcard_base(inner);

	if (str_equal(outer, "*") || str_equal(outer, inner))
		return true;
	if (!domain || str_equal(inner, "*"))
		return false;
	return host_is_below(inner_domain ? inner_domain : inner, domain);
}

const char *hostname_intersection(const char *a, const char *b)
{
	if (hostname_covers(a, b))
		return b;
	return hostname_covers(b, a) ? a : NULL;
}

/* By name: exactly on it, on "*." before it, or on anything below it. */
struct host_set {
	struct arena *arena;
	struct map *exact, *wildcards, *below;
	bool any, catch_all;
};

struct host_set *host_set_new(struct arena *arena)
{
	struct host_set *set = ARENA_NEW(arena, struct host_set);

	*set = (struct host_set){ .arena = arena,
				  .exact = map_new(arena),
				  .wildcards = map_new(arena),
				  .below = map_new(arena) };
	return set;
}

static void put(struct map *map, const char *name)
{
	if (!map_get(map, name))
		map_add(map, name, name);
}

void host_set_add(struct host_set *set, const char *host)
{
	const char *domain = host_wildcard_base(host);

	set->any = true;
	if (str_equal(host, "*")) {
		set->catch_all = true;
		return;
	}
	put(domain ? set->wildcards : set->exact, domain ? domain : host);
	for (const char *name = host_parent(domain ? domain : host); name; name = host_parent(name))
		put(set->below, name);
}

bool host_set_meets(const struct host_set *set, const char *host)
{
	const char *domain = host_wildcard_base(host);

	if (set->catch_all || str_equal(host, "*"))
		return set->any;
	if (domain && (map_get(set->wildcards, domain) || map_get(set->below, domain)))
		return true;
	if (!domain && map_get(set->exact, host))
		return true;
	for (const char *name = host_parent(domain ? domain : host); name; name = host_parent(name))
		if (map_get(set->wildcards, name))
			return true;
	return false;
}
