/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/host_claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/unit/suite.h"

static struct host_claim claim(const char *namespace, const char *host, int64_t age)
{
	return (struct host_claim){ .host = host, .namespace = namespace, .name = "n", .age = age };
}

static void set(struct host_claims *claims, const char *namespace, const char *host, int64_t age)
{
	const struct host_claim item = claim(namespace, host, age);

	host_claims_set(claims, namespace, &item, 1, NULL, NULL);
}

static bool conflicts(const struct host_claims *claims, const char *namespace, const char *host,
		      int64_t age)
{
	const struct host_claim item = claim(namespace, host, age);

	return host_claims_conflict(claims, &item);
}

/* Are a claim of tenant-b on `other` and tenant-a's older one on `host` about one host? */
static bool meet(const char *host, const char *other)
{
	CLEANUP(host_claims_free) struct host_claims *claims = host_claims_new();

	set(claims, "tenant-a", host, 1);
	return conflicts(claims, "tenant-b", other, 2);
}

START_TEST(conflict_equal_and_wildcards_both_ways_found)
{
	static const struct {
		const char *a, *b;
		bool meet;
	} cases[] = {
		{ "shop.example", "shop.example", true },
		{ "shop.example", "SHOP.example.", true },
		{ "shop.example", "shop.example.org", false },
		{ "*.example.com", "a.example.com", true },
		{ "*.example.com", "a.b.example.com", true },
		{ "*.example.com", "example.com", false },
		{ "*.example.com", "aexample.com", false },
		{ "*.example.com", "*.example.com", true },
		{ "*.example.com", "*.b.example.com", true },
		{ "*.com", "*.b.example.com", true },
		{ "a.example.com", "b.example.com", false },
		{ "*.a.example.com", "*.b.example.com", false },
		{ "*", "a.example.com", false },
		{ "", "a.example.com", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ck_assert_msg(meet(cases[i].a, cases[i].b) == cases[i].meet, "%s %s", cases[i].a,
			      cases[i].b);
		ck_assert_msg(meet(cases[i].b, cases[i].a) == cases[i].meet, "%s %s", cases[i].b,
			      cases[i].a);
	}
}
END_TEST

START_TEST(conflict_younger_or_own_claim_no_matter)
{
	CLEANUP(host_claims_free) struct host_claims *claims = host_claims_new();

	set(claims, "tenant-b", "shop.example", 5);
	ck_assert(!conflicts(claims, "tenant-a", "shop.example", 4));
	ck_assert(!conflicts(claims, "tenant-b", "shop.example", 9));
	ck_assert(conflicts(claims, "tenant-a", "shop.example", 6));
	ck_assert(!conflicts(claims, "tenant-a", "shop.example", 5));
	ck_assert(conflicts(claims, "tenant-c", "shop.example", 5));
}
END_TEST

START_TEST(conflict_third_behind_own_older_claims_found)
{
	CLEANUP(host_claims_free) struct host_claims *claims = host_claims_new();
	const struct host_claim own[] = { claim("tenant-a", "a.x.example", 1),
					  claim("tenant-a", "b.x.example", 2),
					  claim("tenant-a", "c.x.example", 3) };

	host_claims_set(claims, "tenant-a", own, 3, NULL, NULL);
	set(claims, "tenant-b", "d.x.example", 4);
	ck_assert(conflicts(claims, "tenant-a", "*.x.example", 5));
	ck_assert(!conflicts(claims, "tenant-a", "*.x.example", 4));
}
END_TEST

START_TEST(set_owner_leaves_host_free_again)
{
	CLEANUP(host_claims_free) struct host_claims *claims = host_claims_new();

	set(claims, "tenant-a", "shop.example", 1);
	set(claims, "tenant-b", "shop.example", 2);
	ck_assert(conflicts(claims, "tenant-b", "shop.example", 2));
	host_claims_set(claims, "tenant-a", NULL, 0, NULL, NULL);
	ck_assert(!conflicts(claims, "tenant-b", "shop.example", 2));
}
END_TEST

static void note(void *context, const char *namespace)
{
	buf_printf(context, "%s ", namespace);
}

START_TEST(set_affected_tenants_told_once)
{
	CLEANUP(host_claims_free) struct host_claims *claims = host_claims_new();
	const struct host_claim two[] = { claim("tenant-c", "a.x.example", 3),
					  claim("tenant-c", "*.x.example", 3) };
	CLEANUP(buf_done) struct buf told = { 0 };

	set(claims, "tenant-a", "a.x.example", 1);
	set(claims, "tenant-b", "y.example", 1);
	host_claims_set(claims, "tenant-c", two, 2, note, &told);
	ck_assert_str_eq(buf_text(&told), "tenant-a ");
	buf_clear(&told);
	host_claims_set(claims, "tenant-c", two, 2, note, &told);
	ck_assert_str_eq(buf_text(&told), "");
	host_claims_set(claims, "tenant-c", two, 1, note, &told);
	ck_assert_str_eq(buf_text(&told), "tenant-a ");
}
END_TEST

/* The obvious way to say it, to compare with. */
static bool under(const char *host, const char *wildcard)
{
	size_t h = strlen(host), w = strlen(wildcard);

	return wildcard[0] == '*' && h > w - 1 && !strcmp(host + h - (w - 1), wildcard + 1);
}

static bool slow_conflict(const struct host_claim *items, size_t count,
			  const struct host_claim *claim)
{
	for (size_t i = 0; i < count; i++) {
		const struct host_claim *other = &items[i];
		bool same = !strcmp(other->host, claim->host) || under(other->host, claim->host) ||
			    under(claim->host, other->host);

		if (strcmp(other->namespace, claim->namespace) && same &&
		    (other->age < claim->age ||
		     (other->age == claim->age && strcmp(other->namespace, claim->namespace) < 0)))
			return true;
	}
	return false;
}

START_TEST(conflict_random_claims_as_by_exhaustive_search)
{
	static const char *const hosts[] = { "a.x.t",	"b.x.t", "*.x.t",    "a.b.x.t",
					     "*.b.x.t", "x.t",	 "*.t",	     "a.y.t",
					     "*.y.t",	"y.t",	 "c.a.b.x.t" };
	static const char *const names[] = { "tenant-a", "tenant-b", "tenant-c", "tenant-d" };
	CLEANUP(host_claims_free) struct host_claims *claims = host_claims_new();
	struct host_claim all[4][5];
	size_t counts[4] = { 0 };

	srand(7);
	for (int round = 0; round < 2000; round++) {
		struct host_claim flat[20];
		size_t t = (size_t)rand() % 4, n = 0;

		counts[t] = (size_t)rand() % 6;
		for (size_t i = 0; i < counts[t]; i++)
			all[t][i] = claim(names[t], hosts[rand() % 11], rand() % 8);
		host_claims_set(claims, names[t], all[t], counts[t], NULL, NULL);
		for (size_t k = 0; k < 4; k++)
			for (size_t i = 0; i < counts[k]; i++)
				flat[n++] = all[k][i];
		for (size_t k = 0; k < 11; k++) {
			const struct host_claim probe =
				claim(names[rand() % 4], hosts[k], rand() % 8);

			ck_assert(host_claims_conflict(claims, &probe) ==
				  slow_conflict(flat, n, &probe));
		}
	}
}
END_TEST

SUITE(policy_host_claims, conflict_equal_and_wildcards_both_ways_found,
      conflict_younger_or_own_claim_no_matter, conflict_third_behind_own_older_claims_found,
      set_owner_leaves_host_free_again, set_affected_tenants_told_once,
      conflict_random_claims_as_by_exhaustive_search)
