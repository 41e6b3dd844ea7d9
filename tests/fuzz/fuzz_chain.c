/* SPDX-License-Identifier: Apache-2.0 */
/* The admission chain: any bytes are answered or are no review; an answer is JSON, repeats the uid, never
 * allows with a cause, and what it mutates it would not mutate again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "admission/admission.h"
#include "base/arena.h"
#include "base/base64.h"
#include "base/memory.h"
#include "base/str.h"
#include "webhooks/webhooks.h"
#include "json/canonical.h"
#include "json/patch.h"

static const char settings[] =
	"{\"apiVersion\":\"kubelb.k8c.io/v1alpha1\",\"kind\":\"Config\",\"metadata\":{\"name\":"
	"\"default\"},\"spec\":{\"endpointPolicy\":{\"allowedCIDRs\":[\"127.0.0.0/8\"],"
	"\"deniedCIDRs\":[\"10.96.0.0/12\"],\"allowedHostnameSuffixes\":[\"example.com\"]},"
	"\"allowedDomains\":[\"**.example\",\"*.example.com\",\"foo.bar.com\"]}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct admission_config *chain(void)
{
	static const char *const groups[] = { "system:masters", NULL };
	static struct admission_config config = { .handlers = webhooks, .operator_groups = groups };
	CLEANUP(json_decref) json_t *object = NULL;
	struct policy_options options = { 0 };
	struct policy *policy = NULL;
	struct error err;

	if (config.policy)
		return &config;
	if (json_parse(settings, strlen(settings), &object, &err) < 0)
		abort();
	options.config = object;
	if (policy_new(&options, &policy, &err) < 0)
		abort();
	config.policy = policy;
	return &config;
}

static json_t *apply(const json_t *object, const char *encoded)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	CLEANUP(json_decref) json_t *patch = NULL;
	json_t *mutated = NULL;
	struct error err;

	if (!base64_decode(encoded, strlen(encoded), &text) ||
	    json_parse(buf_text(&text), text.len, &patch, &err) < 0 ||
	    json_patch_apply(object, patch, &mutated, &err) < 0)
		abort();
	return mutated;
}

/* The reply to a body, parsed; NULL where it is no review. The uid must stand in it as it came. */
static json_t *serve(const char *body, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(buf_done) struct buf text = { 0 };
	struct admission_outcome outcome;
	json_t *reply = NULL;
	struct error err;

	if (admission_serve(chain(), KIND_UNKNOWN, body, size, arena, &text, &outcome, &err) < 0) {
		if (text.len)
			abort();
		return NULL;
	}
	if (json_parse(buf_text(&text), text.len, &reply, &err) < 0)
		abort();
	if (!str_equal(outcome.uid, json_text(json_object_get(reply, "response"), "uid")) ||
	    outcome.allowed != json_is_true(json_at(reply, "response", "allowed", NULL)) ||
	    outcome.allowed == (outcome.problems.count > 0))
		abort();
	return reply;
}

static void check_reply(const json_t *reply)
{
	const json_t *response = json_object_get(reply, "response");

	if (json_has(response, "patch") != json_has(response, "patchType"))
		abort();
	if (json_is_true(json_object_get(response, "allowed"))) {
		if (json_has(response, "status"))
			abort();
	} else if (str_is_empty(json_text(json_object_get(response, "status"), "message")) ||
		   json_has(response, "patch")) {
		abort();
	}
}

/* What was mutated is admitted as it is. */
static void check_again(const char *body, size_t size, const char *patch)
{
	CLEANUP(json_decref) json_t *review = NULL;
	CLEANUP(json_decref) json_t *again = NULL;
	CLEANUP(free) char *text = NULL;
	struct error err;

	/* A raw field may hold a number that 64 bits do not, which only the chain reads. */
	if (json_parse(body, size, &review, &err) < 0)
		return;
	json_object_set_new(json_object_get(review, "request"), "object",
			    apply(json_at(review, "request", "object", NULL), patch));
	text = json_compact(review);
	again = serve(text, strlen(text));
	if (!again)
		abort();
	check_reply(again);
	if (!json_is_true(json_at(again, "response", "allowed", NULL)) ||
	    json_at(again, "response", "patch", NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(json_decref) json_t *reply = serve((const char *)data, size);
	const char *patch;

	if (!reply)
		return 0;
	check_reply(reply);
	patch = json_text(json_object_get(reply, "response"), "patch");
	if (patch)
		check_again((const char *)data, size, patch);
	return 0;
}
