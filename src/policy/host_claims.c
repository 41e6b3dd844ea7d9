/* SPDX-License-Identifier: Apache-2.0 */
/* Which tenant a hostname belongs to.
 *
 * Every domain that a claim lies at or below has three sets: claims on exactly it, on "*." before
 * it, and on anything below it. A set holds each tenant once, by its oldest claim there, oldest
 * first, so that "the oldest of somebody else" is the first or the second entry. */
#include "policy/host_claims.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/memory.h"
#include "base/str.h"
#include "policy/host.h"

struct claimant;

struct entry {
	struct claimant *claimant;
	const char *name; /* of the claimant's own copy */
	int64_t age;
};

struct entry_set {
	struct entry *items;
	size_t count, size;
	unsigned long round; /* of the host_claims_set() that last added to it */
};

enum where { EXACT, WILDCARD, BELOW, WHERES };

struct domain {
	struct entry_set sets[WHERES];
	UT_hash_handle hh;
	char name[];
};

struct own_claim {
	char *host, *name;
	int64_t age;
};

struct claimant {
	struct own_claim *items; /* oldest first */
	size_t count;
	unsigned long round; /* when it was last told that it is affected */
	UT_hash_handle hh;
	char namespace[];
};

struct host_claims {
	struct domain *domains;
	struct claimant *claimants;
	unsigned long round;
};

struct host_claims *host_claims_new(void)
{
	return memory_new(1, sizeof(struct host_claims));
}

static void own_claims_free(struct own_claim *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(items[i].host);
		free(items[i].name);
	}
	free(items);
}

static void domain_free(struct domain *domain)
{
	for (int i = 0; i < WHERES; i++)
		free(domain->sets[i].items);
	free(domain);
}

void host_claims_free(struct host_claims *claims)
{
	struct claimant *claimant, *next_claimant;
	struct domain *domain, *next;

	HASH_ITER(hh, claims->domains, domain, next) {
		HASH_DEL(claims->domains, domain);
		domain_free(domain);
	}
	HASH_ITER(hh, claims->claimants, claimant, next_claimant) {
		HASH_DEL(claims->claimants, claimant);
		own_claims_free(claimant->items, claimant->count);
		free(claimant);
	}
	free(claims);
}

static struct domain *domain_find(const struct host_claims *claims, const char *name)
{
	struct domain *domain;

	HASH_FIND_STR(claims->domains, name, domain);
	return domain;
}

static struct domain *domain_get(struct host_claims *claims, const char *name)
{
	struct domain *domain = domain_find(claims, name);

	if (domain)
		return domain;
	domain = memory_new(1, sizeof(*domain) + strlen(name) + 1);
	memcpy(domain->name, name, strlen(name));
	HASH_ADD_STR(claims->domains, name, domain);
	return domain;
}

/* The order of ownership: age, then namespace, then name. */
static int claim_order(int64_t age_a, const char *namespace_a, const char *name_a, int64_t age_b,
		       const char *namespace_b, const char *name_b)
{
	int order = strcmp(namespace_a, namespace_b);

	if (age_a != age_b)
		return age_a < age_b ? -1 : 1;
	return order ? order : strcmp(name_a, name_b);
}

/* Where in the set an entry stands or would have to. */
static size_t set_position(const struct entry_set *set, const struct entry *entry)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct entry *at = &set->items[middle];

		if (claim_order(at->age, at->claimant->namespace, at->name, entry->age,
				entry->claimant->namespace, entry->name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Claims come oldest first, so a tenant's first one of a round is its oldest in the set. */
static void set_add(struct host_claims *claims, struct entry_set *set, const struct entry *entry)
{
	size_t at = set_position(set, entry);

	if (set->round == claims->round)
		return;
	set->round = claims->round;
	if (set->count == set->size) {
		set->size = set->size ? set->size * 2 : 1;
		set->items = memory_resize(set->items, set->size, sizeof(*set->items));
	}
	memmove(set->items + at + 1, set->items + at, (set->count - at) * sizeof(*set->items));
	set->items[at] = *entry;
	set->count++;
}

static void set_remove(struct entry_set *set, const struct entry *entry)
{
	size_t at = set_position(set, entry);

	if (at == set->count || set->items[at].claimant != entry->claimant ||
	    set->items[at].age != entry->age || !str_equal(set->items[at].name, entry->name))
		return;
	set->count--;
	memmove(set->items + at, set->items + at + 1, (set->count - at) * sizeof(*set->items));
}

static void domain_drop_if_empty(struct host_claims *claims, struct domain *domain)
{
	for (int i = 0; i < WHERES; i++)
		if (domain->sets[i].count)
			return;
	HASH_DEL(claims->domains, domain);
	domain_free(domain);
}

static void claimant_add(struct host_claims *claims, struct claimant *claimant,
			 const struct own_claim *item)
{
	const struct entry entry = { claimant, item->name, item->age };
	const char *base = host_wildcard_base(item->host);
	const char *name = base ? base : item->host;

	set_add(claims, &domain_get(claims, name)->sets[base ? WILDCARD : EXACT], &entry);
	while ((name = host_parent(name)))
		set_add(claims, &domain_get(claims, name)->sets[BELOW], &entry);
}

static void claimant_remove(struct host_claims *claims, struct claimant *claimant,
			    const struct own_claim *item)
{
	const struct entry entry = { claimant, item->name, item->age };
	const char *base = host_wildcard_base(item->host);
	enum where where = base ? WILDCARD : EXACT;

	for (const char *name = base ? base : item->host; name; name = host_parent(name)) {
		struct domain *domain = domain_find(claims, name);

		if (domain) {
			set_remove(&domain->sets[where], &entry);
			domain_drop_if_empty(claims, domain);
		}
		where = BELOW;
	}
}

static int own_claim_order(const void *a, const void *b)
{
	const struct own_claim *x = a, *y = b;

	if (x->age != y->age)
		return x->age < y->age ? -1 : 1;
	return strcmp(x->name, y->name) ? strcmp(x->name, y->name) : strcmp(x->host, y->host);
}

static size_t own_claims_copy(const struct host_claim *items, size_t count, struct own_claim **ret)
{
	struct own_claim *copies = memory_new(count ? count : 1, sizeof(*copies));
	char host[HOST_MAX + 1];
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (host_is_catch_all(items[i].host) || !host_canonical(items[i].host, host))
			continue;
		copies[kept++] = (struct own_claim){ .host = memory_strdup(host),
						     .name = memory_strdup(items[i].name),
						     .age = items[i].age };
	}
	qsort(copies, kept, sizeof(*copies), own_claim_order);
	*ret = copies;
	return kept;
}

struct telling {
	struct host_claims *claims;
	const struct claimant *self;
	void (*affected)(void *context, const char *namespace);
	void *context;
};

static void tell_set(const struct telling *telling, const struct entry_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct claimant *claimant = set->items[i].claimant;

		if (claimant == telling->self || claimant->round == telling->claims->round)
			continue;
		claimant->round = telling->claims->round;
		telling->affected(telling->context, claimant->namespace);
	}
}

/* The sets of the claims that cover a host: on itself, and on wildcards above; returns how many. */
static size_t covering_sets(const struct host_claims *claims, const char *host,
			    const struct entry_set *ret[HOST_MAX])
{
	const char *base = host_wildcard_base(host);
	const char *name = base ? base : host;
	const struct domain *domain = domain_find(claims, name);
	size_t n = 0;

	if (domain)
		ret[n++] = &domain->sets[base ? WILDCARD : EXACT];
	while ((name = host_parent(name)) && n < HOST_MAX - 1)
		if ((domain = domain_find(claims, name)))
			ret[n++] = &domain->sets[WILDCARD];
	return n;
}

/* The sets that hold everything that conflicts with a host: those, and what a wildcard covers. */
static size_t conflicting_sets(const struct host_claims *claims, const char *host,
			       const struct entry_set *ret[HOST_MAX])
{
	const char *base = host_wildcard_base(host);
	const struct domain *domain = base ? domain_find(claims, base) : NULL;
	size_t n = covering_sets(claims, host, ret);

	if (domain)
		ret[n++] = &domain->sets[BELOW];
	return n;
}

static void tell_about(const struct telling *telling, const char *host)
{
	const struct entry_set *sets[HOST_MAX];
	size_t n = conflicting_sets(telling->claims, host, sets);

	for (size_t i = 0; i < n; i++)
		tell_set(telling, sets[i]);
}

/* Walks both sorted lists together: what is in both has not changed. */
static void tell_difference(const struct telling *telling, const struct own_claim *a,
			    size_t a_count, const struct own_claim *b, size_t b_count)
{
	while (a_count || b_count) {
		int order = !a_count ? 1 : !b_count ? -1 : own_claim_order(a, b);

		if (order)
			tell_about(telling, order < 0 ? a->host : b->host);
		if (order <= 0) {
			a++;
			a_count--;
		}
		if (order >= 0) {
			b++;
			b_count--;
		}
	}
}

static struct claimant *claimant_get(struct host_claims *claims, const char *namespace)
{
	struct claimant *claimant;

	HASH_FIND_STR(claims->claimants, namespace, claimant);
	if (claimant)
		return claimant;
	claimant = memory_new(1, sizeof(*claimant) + strlen(namespace) + 1);
	memcpy(claimant->namespace, namespace, strlen(namespace));
	HASH_ADD_STR(claims->claimants, namespace, claimant);
	return claimant;
}

void host_claims_set(struct host_claims *claims, const char *namespace,
		     const struct host_claim *items, size_t count,
		     void (*affected)(void *context, const char *namespace), void *context)
{
	struct claimant *self = claimant_get(claims, namespace);
	const struct telling telling = { claims, self, affected, context };
	struct own_claim *old = self->items;
	size_t old_count = self->count;

	claims->round++;
	for (size_t i = 0; i < old_count; i++)
		claimant_remove(claims, self, &old[i]);
	self->count = own_claims_copy(items, count, &self->items);
	for (size_t i = 0; i < self->count; i++)
		claimant_add(claims, self, &self->items[i]);
	if (affected)
		tell_difference(&telling, old, old_count, self->items, self->count);
	own_claims_free(old, old_count);
	if (!self->count) {
		HASH_DEL(claims->claimants, self);
		free(self->items);
		free(self);
	}
}

bool host_claims_conflict(const struct host_claims *claims, const struct host_claim *claim)
{
	const struct entry_set *sets[HOST_MAX];
	char host[HOST_MAX + 1];
	size_t n;

	if (host_is_catch_all(claim->host) || !host_canonical(claim->host, host))
		return false;
	n = conflicting_sets(claims, host, sets);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < sets[i]->count && j < 2; j++) {
			const struct entry *entry = &sets[i]->items[j];

			if (str_equal(entry->claimant->namespace, claim->namespace))
				continue;
			if (claim_order(entry->age, entry->claimant->namespace, entry->name,
					claim->age, claim->namespace, claim->name) < 0)
				return true;
			break;
		}
	return false;
}

static int entry_order(const struct entry *a, const struct entry *b)
{
	return claim_order(a->age, a->claimant->namespace, a->name, b->age, b->claimant->namespace,
			   b->name);
}

/* The oldest entry of the tenant, or of all others; NULL: none. */
static const struct entry *oldest_entry(const struct entry_set *const *sets, size_t count,
					const char *namespace, bool own)
{
	const struct entry *oldest = NULL;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sets[i]->count; j++) {
			const struct entry *entry = &sets[i]->items[j];

			if (str_equal(entry->claimant->namespace, namespace) != own)
				continue;
			if (!oldest || entry_order(entry, oldest) < 0)
				oldest = entry;
			break;
		}
	return oldest;
}

bool host_claims_taken(const struct host_claims *claims, const char *namespace, const char *host)
{
	const struct entry_set *sets[HOST_MAX];
	const struct entry *own, *other;
	char canonical[HOST_MAX + 1];

	if (host_is_catch_all(host) || !host_canonical(host, canonical))
		return false;
	other = oldest_entry(sets, conflicting_sets(claims, canonical, sets), namespace, false);
	if (!other)
		return false;
	own = oldest_entry(sets, covering_sets(claims, canonical, sets), namespace, true);
	return !own || entry_order(other, own) < 0;
}
