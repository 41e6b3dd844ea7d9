/* SPDX-License-Identifier: Apache-2.0 */
/* A request's body in, the answer's bytes out: the contract with the API server, and hostile bytes. */
#include <stdlib.h>
#include <string.h>

#include "admission/admission.h"
#include "base/arena.h"
#include "base/memory.h"
#include "tests/unit/json/cases.h"
#include "tests/unit/suite.h"
#include "webhooks/webhooks.h"
#include "json/canonical.h"
#include "json/read.h"

static const char *const masters[] = { "system:masters", NULL };

struct served {
	int r;
	struct error err;
	struct arena *arena;
	struct buf text;
	struct admission_outcome outcome;
	json_t *reply; /* NULL on an error */
};

static void served_done(struct served *served)
{
	arena_free(served->arena);
	buf_done(&served->text);
	json_decref(served->reply);
}

static void served_done_cleanup(struct served *served)
{
	served_done(served);
}

static struct policy *defaults(void)
{
	const struct policy_options options = { 0 };
	struct policy *policy = NULL;
	struct error err;

	ck_assert_int_eq(policy_new(&options, &policy, &err), 0);
	return policy;
}

static struct served serve_as(const struct admission_config *options, enum kind kind,
			      const char *body, size_t length)
{
	CLEANUP(policy_unref) struct policy *policy = defaults();
	struct admission_config config = *options;
	struct served served = { .arena = arena_new() };
	struct error err;

	config.handlers = webhooks;
	config.policy = policy;
	config.operator_groups = masters;
	served.r = admission_serve(&config, kind, body, length, served.arena, &served.text,
				   &served.outcome, &served.err);
	if (served.r < 0)
		ck_assert_uint_eq(served.text.len, 0);
	else
		ck_assert_msg(json_parse(buf_text(&served.text), served.text.len, &served.reply,
					 &err) == 0,
			      "%s in %s", err.text, buf_text(&served.text));
	return served;
}

static struct served serve(const char *body)
{
	return serve_as(&(struct admission_config){ 0 }, KIND_UNKNOWN, body, strlen(body));
}

static const json_t *response(const struct served *served)
{
	return json_object_get(served->reply, "response");
}

#define KUBELB "\"group\":\"kubelb.k8c.io\",\"version\":\"v1alpha1\""
#define LOAD_BALANCER(metadata)                                                \
	"{\"apiVersion\":\"kubelb.k8c.io/"                                     \
	"v1alpha1\",\"kind\":\"LoadBalancer\",\"metadata\":" metadata          \
	",\"spec\":{\"ports\":[{\"port\":80}],\"endpoints\":[{\"addresses\":[" \
	"{\"ip\":\"10.1.2.3\"}],\"ports\":[{\"port\":31080}]}]}}"
#define WEB "{\"name\":\"web\",\"namespace\":\"tenant-a\"}"
#define USER "\"userInfo\":{\"username\":\"u\",\"groups\":[\"system:masters\"]}"
#define HEAD(uid, operation)                                                              \
	"{\"apiVersion\":\"admission.k8s.io/"                                             \
	"v1\",\"kind\":\"AdmissionReview\",\"request\":{\"uid\":\"" uid                   \
	"\",\"operation\":\"" operation "\",\"namespace\":\"tenant-a\",\"name\":\"web\"," \
	"\"kind\":{" KUBELB ",\"kind\":\"LoadBalancer\"}," USER
#define CREATE(uid, more, object) HEAD(uid, "CREATE") more ",\"object\":" object "}}"

/* <case>.json with the body, and <case>.out: the error's code and text, or "allowed" or the message. */
static void body_case(const char *path)
{
	CLEANUP(buf_free) struct buf *body = case_read(path, ".json");
	CLEANUP(free) char *expected = case_line(path, ".out");
	CLEANUP(served_done)
	struct served served =
		serve_as(&(struct admission_config){ 0 }, KIND_UNKNOWN, buf_text(body), body->len);
	CLEANUP(buf_done) struct buf actual = { 0 };

	if (served.r < 0)
		buf_printf(&actual, "%d: %s", served.err.code == ERROR_INVALID ? 400 : 413,
			   served.err.text);
	else if (served.outcome.allowed)
		buf_puts(&actual, "allowed");
	else
		buf_puts(&actual,
			 json_text(json_object_get(response(&served), "status"), "message"));
	ck_assert_msg(strcmp(buf_text(&actual), expected) == 0, "%s\nis       %s\nexpected %s",
		      path, buf_text(&actual), expected);
}

START_TEST(serve_each_body_as_expected)
{
	cases_run("admission_bodies", ".json", body_case);
}
END_TEST

START_TEST(serve_review_cut_anywhere_refused)
{
	static const char body[] = CREATE("u", "", LOAD_BALANCER(WEB));

	for (size_t length = 0; length < sizeof(body) - 1; length++) {
		CLEANUP(free) char *cut = memory_new(length, 1);
		CLEANUP(served_done) struct served served = { 0 };

		/* On the heap at its own size, so that a sanitizer sees a byte read behind it. */
		memcpy(cut, body, length);
		served = serve_as(&(struct admission_config){ 0 }, KIND_UNKNOWN, cut, length);
		ck_assert_int_eq(served.r, -ERROR_INVALID);
	}
}
END_TEST

START_TEST(serve_any_uid_echoed_byte_for_byte)
{
	static const char *const bodies[] = {
		CREATE("705ab4f5-6393-11e8-b7cc-42010a800002", "", LOAD_BALANCER(WEB)),
		CREATE("\\u0075\\\"\\/ \\ud83d\\ude00 \xc3\xa4", "", LOAD_BALANCER(WEB)),
		CREATE("u", "", "{}"),
		CREATE("u", ",\"subResource\":\"scale\"", LOAD_BALANCER(WEB)),
		HEAD("u", "CONNECT") "}}",
		HEAD(" ", "CREATE") "}}",
		HEAD("u", "DELETE") ",\"object\":null}}",
	};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		CLEANUP(served_done) struct served served = serve(bodies[i]);
		const char *asked = strstr(bodies[i], "\"uid\":\"");
		size_t length = (size_t)(strstr(asked, "\",\"operation\"") - asked) + 1;

		ck_assert_int_eq(served.r, 0);
		ck_assert_ptr_nonnull(memmem(served.text.data, served.text.len, asked, length));
		ck_assert_str_eq(json_text(served.reply, "apiVersion"), "admission.k8s.io/v1");
		ck_assert_str_eq(json_text(served.reply, "kind"), "AdmissionReview");
		ck_assert_str_eq(served.outcome.uid, json_text(response(&served), "uid"));
	}
}
END_TEST

START_TEST(serve_validating_webhook_answers_without_patch)
{
	static const char body[] = CREATE("u", "", LOAD_BALANCER(WEB));

	for (int i = 0; i < 2; i++) {
		CLEANUP(served_done)
		struct served served =
			serve_as(&(struct admission_config){ .without_patch = i == 1 },
				 KIND_LOAD_BALANCER, body, strlen(body));

		ck_assert(served.outcome.allowed);
		ck_assert(json_has(response(&served), "patch") == (i == 0));
		ck_assert(json_has(response(&served), "patchType") == (i == 0));
		ck_assert_uint_eq(served.outcome.patch_operations, i == 0 ? 3 : 0);
	}
}
END_TEST

START_TEST(serve_outcome_tells_what_was_asked)
{
	CLEANUP(served_done)
	struct served served = serve(
		CREATE("u", ",\"dryRun\":true,\"subResource\":\"status\"", LOAD_BALANCER(WEB)));
	CLEANUP(served_done)
	struct served other = serve(CREATE("v", ",\"dryRun\":false", LOAD_BALANCER(WEB)));

	ck_assert_str_eq(served.outcome.uid, "u");
	ck_assert_str_eq(served.outcome.user, "u");
	ck_assert_str_eq(served.outcome.namespace, "tenant-a");
	ck_assert_str_eq(served.outcome.name, "web");
	ck_assert_str_eq(served.outcome.subresource, "status");
	ck_assert_str_eq(served.outcome.operation, "CREATE");
	ck_assert_int_eq(served.outcome.kind, KIND_LOAD_BALANCER);
	ck_assert_int_eq(served.outcome.caller, CALLER_OPERATOR);
	ck_assert(served.outcome.dry_run && !other.outcome.dry_run);
}
END_TEST

START_TEST(serve_kind_of_another_path_refused)
{
	static const char body[] = CREATE("u", "", LOAD_BALANCER(WEB));
	CLEANUP(served_done)
	struct served served =
		serve_as(&(struct admission_config){ 0 }, KIND_ROUTE, body, strlen(body));

	ck_assert(!served.outcome.allowed);
	ck_assert_str_eq(served.outcome.problems.items[0].field, "kind");
	ck_assert_ptr_nonnull(strstr(served.outcome.problems.items[0].message, "must be Route"));
	ck_assert_int_eq(served.outcome.kind, KIND_ROUTE);
}
END_TEST

START_TEST(serve_operations_objects_where_they_belong)
{
	/* DELETE: object is null; CREATE: generateName, no name. */
	CLEANUP(served_done)
	struct served deleted = serve(
		HEAD("u", "DELETE") ",\"object\":null,\"oldObject\":" LOAD_BALANCER(WEB) "}}");
	CLEANUP(served_done)
	struct served foreign =
		serve(HEAD("u", "DELETE") ",\"object\":null,\"oldObject\":" LOAD_BALANCER(
			"{\"name\":\"web\",\"namespace\":\"tenant-b\"}") "}}");
	CLEANUP(served_done)
	struct served swapped = serve(
		HEAD("u", "CREATE") ",\"object\":null,\"oldObject\":" LOAD_BALANCER(WEB) "}}");

	ck_assert(deleted.outcome.allowed);
	ck_assert(!foreign.outcome.allowed);
	ck_assert(!swapped.outcome.allowed);
	ck_assert_str_eq(swapped.outcome.problems.items[0].field, "object");
}
END_TEST

START_TEST(serve_managed_fields_neither_read_nor_patched)
{
#define MANAGED(fields) "{\"name\":\"web\",\"namespace\":\"tenant-a\",\"managedFields\":" fields "}"
	CLEANUP(served_done)
	struct served served =
		serve(CREATE("u", "", LOAD_BALANCER(MANAGED("[{\"fieldsV1\":{}}]"))));
	CLEANUP(served_done)
	struct served broken =
		serve(CREATE("u", "", LOAD_BALANCER(MANAGED("[{\"a\":1,\"\\u0061\":2}]"))));

	ck_assert(served.outcome.allowed);
	ck_assert_uint_eq(served.outcome.patch_operations, 3);
	ck_assert_int_eq(broken.r, -ERROR_INVALID);
#undef MANAGED
}
END_TEST

START_TEST(serve_over_memory_ceiling_is_busy)
{
	static const char body[] = CREATE("u", "", LOAD_BALANCER(WEB));

	for (size_t max = 1; max < 24 << 10; max += 512) {
		CLEANUP(served_done)
		struct served served = serve_as(&(struct admission_config){ .memory_max = max },
						KIND_UNKNOWN, body, strlen(body));

		ck_assert(served.r == -ERROR_BUSY ||
			  (served.r == 0 && served.outcome.allowed && max > 8 << 10));
	}
}
END_TEST

static char *repeated(const char *head, const char *item, size_t times, const char *tail)
{
	struct buf text = { 0 };

	buf_puts(&text, head);
	for (size_t i = 0; i < times; i++)
		buf_printf(&text, "%s%s", i ? "," : "", item);
	buf_puts(&text, tail);
	return buf_take(&text);
}

/* I15: a cap's error names the cap, whatever lies past it. */
START_TEST(serve_hundred_thousand_items_refused_by_their_cap)
{
#define BEFORE_PORTS                                                                        \
	HEAD("u", "CREATE")                                                                 \
	",\"object\":{\"apiVersion\":\"kubelb.k8c.io/v1alpha1\",\"kind\":\"LoadBalancer\"," \
	"\"metadata\":" WEB ",\"spec\":{\"ports\":["
	static const struct {
		const char *head, *item, *tail, *told;
	} cases[] = {
		{ BEFORE_PORTS, "{\"port\":80}", "],\"endpoints\":[]}}}}",
		  "spec.ports: TooMany: has 100000 items; at most 64 are allowed" },
		{ BEFORE_PORTS "{\"port\":80}],\"endpoints\":[", "{\"ports\":[{\"port\":80}]}",
		  "]}}}}", "spec.endpoints: TooMany: has 100000 items; at most 64 are allowed" },
		{ BEFORE_PORTS "{\"port\":80}],\"endpoints\":[{\"addresses\":[",
		  "{\"ip\":\"10.0.0.1\"}", "],\"ports\":[{\"port\":80}]}]}}}}",
		  "spec.endpoints[0].addresses: TooMany: has 100000 items; at most 1000" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP(free)
		char *body = repeated(cases[i].head, cases[i].item, 100000, cases[i].tail);
		CLEANUP(served_done) struct served served = serve(body);

		ck_assert_msg(served.r == 0, "%s", served.err.text);
		ck_assert_msg(strstr(buf_text(&served.text), cases[i].told) != NULL, "%s",
			      buf_text(&served.text));
	}
}
END_TEST

START_TEST(serve_list_without_cap_of_its_own_refused)
{
	CLEANUP(free)
	char *body = repeated(HEAD("u", "CREATE") ",\"object\":" LOAD_BALANCER(
				      "{\"name\":\"web\",\"namespace\":\"tenant-a\","
				      "\"selfLink\":[1]}") ",\"oldObject\":[",
			      "1", 9000, "]}}");
	CLEANUP(free)
	char *listed = repeated(
		HEAD("u", "CREATE") ",\"object\":{\"apiVersion\":\"kubelb.k8c.io/v1alpha1\","
				    "\"kind\":\"LoadBalancer\",\"spec\":{\"ports\":[{\"port\":80}],"
				    "\"endpoints\":[{\"addresses\":[{\"ip\":\"10.1.2.3\"}],"
				    "\"ports\":[{\"port\":80}]}]},\"metadata\":{\"name\":\"web\","
				    "\"namespace\":\"tenant-a\",\"selfLink\":[",
		"1", 9000, "]}}}}");
	CLEANUP(served_done) struct served allowed = serve(body);
	CLEANUP(served_done) struct served refused = serve(listed);

	ck_assert_msg(allowed.outcome.allowed, "%s", buf_text(&allowed.text));
	ck_assert(!refused.outcome.allowed);
	ck_assert_ptr_nonnull(strstr(buf_text(&refused.text), "more than 8192 items"));
}
END_TEST

/* A10: what the API server passes on of a warning. */
START_TEST(serve_warnings_within_what_is_passed_on)
{
	char name[2048];
	CLEANUP(buf_done) struct buf body = { 0 };
	CLEANUP(served_done) struct served served = { 0 };
	const json_t *warning;
	size_t i;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	buf_printf(&body,
		   "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
		   "\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\",\"namespace\":\"tenant-a\","
		   "\"name\":\"web\",\"kind\":{" KUBELB ",\"kind\":\"Route\"}," USER
		   ",\"object\":{\"apiVersion\":\"kubelb.k8c.io/v1alpha1\",\"kind\":\"Route\","
		   "\"metadata\":" WEB ",\"spec\":{\"source\":{\"kubernetes\":{\"resource\":"
		   "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\",\"metadata\":"
		   "{\"name\":\"a\",\"%s\":1},\"%s\\u00e4\":1}}}}}}}",
		   name, name);
	served = serve(buf_text(&body));
	ck_assert_int_eq(served.r, 0);
	ck_assert_uint_ge(json_array_size(json_object_get(response(&served), "warnings")), 2);
	json_array_foreach(json_object_get(response(&served), "warnings"), i, warning)
		ck_assert_uint_le(json_string_length(warning), 256);
}
END_TEST

/* kubectl prints the message of a 403, and the causes of a 422: each holds everything. */
START_TEST(serve_refused_told_whole_in_message_and_causes)
{
	CLEANUP(served_done)
	struct served served = serve(
		CREATE("u", "",
		       "{\"apiVersion\":\"kubelb.k8c.io/v1alpha1\",\"kind\":\"LoadBalancer\","
		       "\"metadata\":{\"name\":\"web\",\"namespace\":\"tenant-a\",\"labels\":{"
		       "\"kubelb.k8c.io/tenant\":\"tenant-b\",\"kubelb.k8c.io/lb-name\":\"x\"}},"
		       "\"spec\":{\"ports\":[{\"port\":0}],\"endpoints\":[]}}"));
	const json_t *status = json_object_get(response(&served), "status");
	const json_t *causes = json_at(status, "details", "causes", NULL), *cause;
	const char *message = json_text(status, "message");
	size_t i, lines = 1;

	ck_assert_int_eq(json_integer_value(json_object_get(status, "code")), 403);
	for (const char *c = message; *c; c++)
		lines += *c == '\n';
	ck_assert_uint_ge(served.outcome.problems.count, 4);
	ck_assert_uint_eq(lines, served.outcome.problems.count);
	ck_assert_uint_eq(json_array_size(causes), served.outcome.problems.count);
	json_array_foreach(causes, i, cause) {
		ck_assert_ptr_nonnull(strstr(message, json_text(cause, "message")));
		ck_assert_ptr_nonnull(strstr(message, json_text(cause, "field")));
	}
}
END_TEST

SUITE(admission_serve, serve_each_body_as_expected, serve_review_cut_anywhere_refused,
      serve_any_uid_echoed_byte_for_byte, serve_validating_webhook_answers_without_patch,
      serve_outcome_tells_what_was_asked, serve_kind_of_another_path_refused,
      serve_operations_objects_where_they_belong, serve_managed_fields_neither_read_nor_patched,
      serve_over_memory_ceiling_is_busy, serve_hundred_thousand_items_refused_by_their_cap,
      serve_list_without_cap_of_its_own_refused, serve_warnings_within_what_is_passed_on,
      serve_refused_told_whole_in_message_and_causes)
