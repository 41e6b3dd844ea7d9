/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/grants.h"

#include <string.h>

#include "base/arena.h"
#include "tests/unit/suite.h"

static const struct reference reference = {
	.from_group = "gateway.networking.k8s.io",
	.from_kind = "HTTPRoute",
	.from_namespace = "web",
	.to_group = "",
	.to_kind = "Service",
	.to_namespace = "shop",
	.to_name = "cart",
};

static struct reference_grant *grant(struct arena *arena, const char *namespace,
				     struct grant_from from, struct grant_to to)
{
	struct reference_grant *grant = ARENA_NEW(arena, struct reference_grant);

	grant->header.metadata.namespace = namespace;
	LIST_APPEND(arena, &grant->from, from);
	LIST_APPEND(arena, &grant->to, to);
	return grant;
}

static const struct grant_from good_from = { "gateway.networking.k8s.io", "HTTPRoute", "web" };
static const struct grant_to good_to = { "", "Service", NULL };

START_TEST(grant_one_side_wrong_denied)
{
	static const struct {
		const char *namespace;
		struct grant_from from;
		struct grant_to to;
		bool allowed;
	} cases[] = {
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "Service", NULL },
		  true },
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "Service", "cart" },
		  true },
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "Service", "car" },
		  false },
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "Service", "" },
		  false },
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "service", NULL },
		  false },
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "Secret", NULL },
		  false },
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "core", "Service", NULL },
		  false },
		{ "shop",
		  { "gateway.networking.k8s.io", "GRPCRoute", "web" },
		  { "", "Service", NULL },
		  false },
		{ "shop", { "", "HTTPRoute", "web" }, { "", "Service", NULL }, false },
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "*" },
		  { "", "Service", NULL },
		  false },
		{ "shop",
		  { "gateway.networking.k8s.io", "HTTPRoute", "shop" },
		  { "", "Service", NULL },
		  false },
		{ "web",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "Service", NULL },
		  false },
		{ "third",
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "Service", NULL },
		  false },
		{ NULL,
		  { "gateway.networking.k8s.io", "HTTPRoute", "web" },
		  { "", "Service", NULL },
		  false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		const struct reference_grant *one =
			grant(arena, cases[i].namespace, cases[i].from, cases[i].to);

		ck_assert_msg(grants_allow(one, 1, &reference) == cases[i].allowed, "case %zu", i);
	}
}
END_TEST

START_TEST(grant_halves_in_two_grants_denied)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct grant_from wrong_from = good_from;
	struct grant_to wrong_to = good_to;
	struct reference_grant both[2];

	wrong_from.namespace = "other";
	wrong_to.kind = "Secret";
	both[0] = *grant(arena, "shop", good_from, wrong_to);
	both[1] = *grant(arena, "shop", wrong_from, good_to);
	ck_assert(!grants_allow(both, 2, &reference));
	LIST_APPEND(arena, &both[1].from, good_from);
	ck_assert(grants_allow(both, 2, &reference));
}
END_TEST

START_TEST(grant_same_namespace_none_needed)
{
	struct reference same = reference;

	same.from_namespace = "shop";
	ck_assert(grants_allow(NULL, 0, &same));
	ck_assert(!grants_allow(NULL, 0, &reference));
	same.from_namespace = same.to_namespace = NULL;
	ck_assert(!grants_allow(NULL, 0, &same));
}
END_TEST

/* Each of three texts, by a digit of number, which loses it. */
static const char *pick(unsigned *number, const char *a, const char *b, const char *c)
{
	const char *const texts[] = { a, b, c };
	const char *text = texts[*number % 3];

	*number /= 3;
	return text;
}

START_TEST(index_any_pair_as_the_grants_say)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct reference asked = reference;

	for (unsigned i = 0; i < 3 * 3 * 3 * 3 * 3 * 3 * 3; i++) {
		unsigned number = i;
		const char *namespace = pick(&number, "shop", "web", NULL);
		struct grant_from from = good_from;
		struct grant_to to = good_to;
		const struct reference_grant *one;
		const struct grant_index *index;

		from.namespace = pick(&number, "web", "shop", "default");
		from.kind = pick(&number, "HTTPRoute", "GRPCRoute", NULL);
		to.kind = pick(&number, "Service", "Secret", NULL);
		to.name = pick(&number, NULL, "cart", "");
		asked.to_namespace = pick(&number, "shop", "default", "web");
		asked.to_name = pick(&number, "cart", "other", "");
		one = grant(arena, namespace, from, to);
		index = grant_index_new(arena, one, 1, &asked);
		ck_assert_msg(grant_index_allows(index, &asked) == grants_allow(one, 1, &asked),
			      "pair %u", i);
	}
}
END_TEST

SUITE(policy_grants, index_any_pair_as_the_grants_say, grant_one_side_wrong_denied,
      grant_halves_in_two_grants_denied, grant_same_namespace_none_needed)
