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

SUITE(policy_grants, grant_one_side_wrong_denied, grant_halves_in_two_grants_denied,
      grant_same_namespace_none_needed)
