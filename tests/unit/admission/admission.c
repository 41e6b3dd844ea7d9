/* SPDX-License-Identifier: Apache-2.0 */
#include "admission/admission.h"

#include <string.h>

#include "base/arena.h"
#include "tests/unit/suite.h"
#include "webhooks/webhooks.h"
#include "json/canonical.h"

static struct policy *defaults(void)
{
	const struct policy_options options = { 0 };
	struct policy *policy = NULL;
	struct error err;

	ck_assert_int_eq(policy_new(&options, &policy, &err), 0);
	return policy;
}

static json_t *parse(const char *text)
{
	json_t *json = NULL;
	struct error err;

	ck_assert_msg(json_parse(text, strlen(text), &json, &err) == 0, "%s", err.text);
	return json;
}

#define LOAD_BALANCER(metadata)                                                \
	"{\"apiVersion\":\"kubelb.k8c.io/"                                     \
	"v1alpha1\",\"kind\":\"LoadBalancer\",\"metadata\":" metadata          \
	",\"spec\":{\"ports\":[{\"port\":80}],\"endpoints\":[{\"addresses\":[" \
	"{\"ip\":\"10.1.2.3\"}],\"ports\":[{\"port\":31080}]}]}}"

static struct verdict decide(struct arena *arena, const char *user, const char *text,
			     const char *old)
{
	CLEANUP(policy_unref) struct policy *policy = defaults();
	CLEANUP(json_decref) json_t *object = parse(text);
	CLEANUP(json_decref) json_t *old_object = old ? parse(old) : NULL;
	const struct admission_config config = { .handlers = webhooks, .policy = policy };
	const struct admission_request request = {
		.operation = old ? OPERATION_UPDATE : OPERATION_CREATE,
		.user = user,
		.object = object,
		.old_object = old_object,
	};
	struct verdict verdict;

	admission_decide(&config, &request, arena, &verdict);
	return verdict;
}

START_TEST(decide_without_namespace_gets_the_callers)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct verdict verdict = decide(arena, "system:serviceaccount:tenant-a:kubelb-ccm",
					LOAD_BALANCER("{\"name\":\"web\"}"), NULL);

	ck_assert_msg(verdict.allowed, "%s", verdict.problems.items[0].message);
	ck_assert_str_eq(json_text(json_object_get(verdict.object, "metadata"), "namespace"),
			 "tenant-a");
	ck_assert_str_eq(json_text(json_at(verdict.object, "metadata", "labels", NULL),
				   "kubelb.k8c.io/tenant"),
			 "tenant-a");
	json_decref(verdict.object);
}
END_TEST

START_TEST(decide_foreign_namespace_or_stranger_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct verdict verdict =
		decide(arena, "system:serviceaccount:tenant-a:kubelb-ccm",
		       LOAD_BALANCER("{\"name\":\"web\",\"namespace\":\"tenant-b\"}"), NULL);

	ck_assert(!verdict.allowed);
	ck_assert_str_eq(verdict.problems.items[0].rule, "ID001");
	json_decref(verdict.object);
	verdict = decide(arena, "alice",
			 LOAD_BALANCER("{\"name\":\"web\",\"namespace\":\"tenant-b\"}"), NULL);
	ck_assert(!verdict.allowed);
	ck_assert_str_eq(verdict.problems.items[0].rule, "ID001");
	ck_assert_ptr_null(verdict.object);
}
END_TEST

#define OBJECT_OF(kind) "{\"apiVersion\":\"kubelb.k8c.io/v1alpha1\",\"kind\":\"" kind "\""

START_TEST(decide_nothing_or_odd_object_refused)
{
	static const char *const texts[] = {
		"null",
		"[]",
		"{}",
		"\"x\"",
		"{\"kind\":\"LoadBalancer\"}",
		OBJECT_OF("Route") "}",
		OBJECT_OF("Route") ",\"metadata\":[],\"spec\":[]}",
		"{\"apiVersion\":\"kubelb.k8c.io/v1\",\"kind\":\"Route\"}",
		"{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct verdict verdict =
			decide(arena, "system:serviceaccount:tenant-a:kubelb-ccm", texts[i], NULL);

		ck_assert_msg(!verdict.allowed, "%s", texts[i]);
		json_decref(verdict.object);
	}
}
END_TEST

SUITE(admission_admission, decide_without_namespace_gets_the_callers,
      decide_foreign_namespace_or_stranger_refused, decide_nothing_or_odd_object_refused)
