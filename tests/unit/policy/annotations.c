/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/annotations.h"

#include "tests/unit/suite.h"

static enum annotation_fate fate(const struct settings *settings, const char *key,
				 const char *value)
{
	const char *why = NULL;
	enum annotation_fate fate = annotation_fate(settings, key, value, &why);

	ck_assert_int_eq(fate == ANNOTATION_KEPT, why == NULL);
	return fate;
}

START_TEST(pattern_malformed_refused)
{
	static const char *const good[] = { "a", "*/*", "a/[a-z]?", "a\\[", "\\\\", "[]]" };
	static const char *const bad[] = { "", "[", "a[", "[]", "a\\", "\\\\[" };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(annotation_pattern_valid(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!annotation_pattern_valid(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(denied_pattern_stays_within_a_slash)
{
	const char *patterns[] = { "example.com/*", "*", "[" };
	const struct settings settings = { .denied_annotations = { patterns, 3 } };

	ck_assert_int_eq(fate(&settings, "example.com/a", ""), ANNOTATION_DROPPED);
	ck_assert_int_eq(fate(&settings, "plain", ""), ANNOTATION_DROPPED);
	ck_assert_int_eq(fate(&settings, "example.org/a", ""), ANNOTATION_KEPT);
	ck_assert_int_eq(fate(&settings, "nginx.org/auth-x", ""), ANNOTATION_REFUSED);
}
END_TEST

START_TEST(listed_value_compared_whole_and_trimmed)
{
	struct key_value item = { "metallb.io/address-pool", " public ,internal" };
	const struct settings settings = { .propagated_annotations = { &item, 1 } };
	const char *key = item.key;

	ck_assert_int_eq(fate(&settings, key, "public"), ANNOTATION_KEPT);
	ck_assert_int_eq(fate(&settings, key, "internal"), ANNOTATION_KEPT);
	ck_assert_int_eq(fate(&settings, key, "pub"), ANNOTATION_DROPPED);
	ck_assert_int_eq(fate(&settings, key, ""), ANNOTATION_DROPPED);
	ck_assert_int_eq(fate(&settings, "metallb.io/other", "public"), ANNOTATION_DROPPED);
	item.value = "";
	ck_assert_int_eq(fate(&settings, key, "any"), ANNOTATION_KEPT);
	ck_assert_int_eq(fate(&settings, key, "any\n"), ANNOTATION_REFUSED);
}
END_TEST

START_TEST(key_of_any_case_judged_alike)
{
	const struct settings settings = { 0 };

	ck_assert_int_eq(fate(&settings, "Nginx.Ingress.Kubernetes.IO/Server-Snippet", ""),
			 ANNOTATION_REFUSED);
	ck_assert_int_eq(fate(&settings, "CERT-MANAGER.io/issuer", ""), ANNOTATION_DROPPED);
	ck_assert_int_eq(fate(&settings, "auth-url", ""), ANNOTATION_REFUSED);
	ck_assert_int_eq(fate(&settings, "oauth-x", ""), ANNOTATION_KEPT);
}
END_TEST

SUITE(policy_annotations, pattern_malformed_refused, denied_pattern_stays_within_a_slash,
      listed_value_compared_whole_and_trimmed, key_of_any_case_judged_alike)
