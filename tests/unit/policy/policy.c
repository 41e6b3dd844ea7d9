/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include <string.h>

#include "tests/unit/suite.h"

static json_t *parse(const char *text)
{
	json_t *json = text ? json_loads(text, 0, NULL) : NULL;

	ck_assert(!text || json);
	return json;
}

/* A snapshot of a Config's spec and of the spec of a Tenant "a". */
static struct policy *policy_of(const char *config_spec, const char *tenant_spec)
{
	CLEANUP(json_decref)
	json_t *config =
		json_pack("{s{ss}so*}", "metadata", "name", "default", "spec", parse(config_spec));
	CLEANUP(json_decref)
	json_t *tenant =
		json_pack("{s{ss}so*}", "metadata", "name", "a", "spec", parse(tenant_spec));
	json_t *tenants[] = { tenant };
	const struct policy_options options = { .config = config,
						.tenants = tenants,
						.tenant_count = tenant_spec ? 1 : 0 };
	struct policy *policy = NULL;
	struct error err;

	ck_assert_msg(policy_new(&options, &policy, &err) == 0, "%s", err.text);
	return policy;
}

static const struct settings *settings_a(const struct policy *policy)
{
	return policy_settings(policy_tenant(policy, "tenant-a"));
}

START_TEST(merge_annotation_pair_whole_from_tenant)
{
	CLEANUP(policy_unref)
	struct policy *policy =
		policy_of("{\"propagatedAnnotations\":{\"a/*\":\"\"},"
			  "\"propagateAllAnnotations\":true,\"deniedAnnotations\":[\"x/*\"]}",
			  "{\"propagatedAnnotations\":{\"b/*\":\"\"},"
			  "\"deniedAnnotations\":[\"y/*\"]}");
	const struct settings *settings = settings_a(policy);

	ck_assert_uint_eq(settings->propagated_annotations.count, 1);
	ck_assert_str_eq(settings->propagated_annotations.items[0].key, "b/*");
	ck_assert_int_eq(settings->propagate_all_annotations, UNSET);
	ck_assert_uint_eq(settings->denied_annotations.count, 2);
	settings = policy_settings(policy_tenant(policy, "tenant-b"));
	ck_assert_int_eq(settings->propagate_all_annotations, YES);
	ck_assert_uint_eq(settings->denied_annotations.count, 1);
}
END_TEST

START_TEST(merge_empty_annotation_list_still_replaces)
{
	CLEANUP(policy_unref)
	struct policy *policy =
		policy_of("{\"propagateAllAnnotations\":true}", "{\"propagatedAnnotations\":{}}");

	ck_assert_int_eq(settings_a(policy)->propagate_all_annotations, UNSET);
}
END_TEST

START_TEST(merge_tenant_overrides_what_it_sets)
{
	CLEANUP(policy_unref)
	struct policy *policy = policy_of(
		"{\"loadBalancer\":{\"class\":\"c\",\"limit\":5},\"ingress\":{\"disable\":true},"
		"\"envoyProxy\":{\"replicas\":2},\"dns\":{\"allowExplicitHostnames\":true}}",
		"{\"loadBalancer\":{\"class\":\"t\"},\"ingress\":{\"disable\":false},"
		"\"envoyProxy\":{\"resources\":{}},\"dns\":{\"wildcardDomain\":\"*.w\"}}");
	const struct settings *settings = settings_a(policy);

	ck_assert_str_eq(settings->load_balancer.class, "t");
	ck_assert_int_eq(settings->load_balancer.limit, 5);
	ck_assert_int_eq(settings->ingress.disable, YES);
	ck_assert_int_eq(settings->envoy_proxy.replicas, 2);
	ck_assert_int_eq(settings->dns.allow_explicit_hostnames, YES);
	ck_assert_str_eq(settings->dns.wildcard_domain, "*.w");
}
END_TEST

START_TEST(host_without_setting_any_allowed)
{
	CLEANUP(policy_unref) struct policy *open = policy_of(NULL, NULL);
	CLEANUP(policy_unref)
	struct policy *narrow = policy_of("{\"allowedDomains\":[\"c.example\"]}",
					  "{\"allowedDomains\":[\"*.a.example\"]}");
	const struct tenant_policy *a = policy_tenant(narrow, "tenant-a");

	ck_assert(policy_host_allowed(policy_tenant(open, "tenant-a"), NULL));
	ck_assert(policy_host_allowed(a, "x.a.example"));
	ck_assert(!policy_host_allowed(a, "c.example"));
	ck_assert(!policy_host_allowed(a, "*.a.example"));
	ck_assert(policy_ingress_host_allowed(a, "*.a.example"));
	ck_assert(policy_host_allowed(policy_tenant(narrow, "tenant-b"), "c.example"));
}
END_TEST

START_TEST(new_unreadable_network_or_twin_tenant_refused)
{
	CLEANUP(json_decref)
	json_t *config =
		parse("{\"spec\":{\"endpointPolicy\":{\"deniedCIDRs\":[\"10.0.0.0/33\"]}}}");
	CLEANUP(json_decref) json_t *tenant = parse("{\"metadata\":{\"name\":\"a\"}}");
	json_t *twins[] = { tenant, tenant };
	struct policy_options options = { .config = config };
	struct policy *policy = NULL;
	struct error err;

	ck_assert_int_eq(policy_new(&options, &policy, &err), -ERROR_INVALID);
	ck_assert(strstr(err.text, "10.0.0.0/33"));
	options = (struct policy_options){ .tenants = twins, .tenant_count = 2 };
	ck_assert_int_eq(policy_new(&options, &policy, &err), -ERROR_INVALID);
	ck_assert_ptr_null(policy);
}
END_TEST

START_TEST(ref_outlives_first_owner)
{
	struct policy *policy = policy_of("{\"loadBalancer\":{\"class\":\"c\"}}", "{}");
	struct policy *second = policy_ref(policy);

	policy_unref(policy);
	ck_assert_str_eq(settings_a(second)->load_balancer.class, "c");
	policy_unref(second);
}
END_TEST

SUITE(policy_policy, merge_annotation_pair_whole_from_tenant,
      merge_empty_annotation_list_still_replaces, merge_tenant_overrides_what_it_sets,
      host_without_setting_any_allowed, new_unreadable_network_or_twin_tenant_refused,
      ref_outlives_first_owner)
