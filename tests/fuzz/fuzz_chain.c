/* SPDX-License-Identifier: Apache-2.0 */
/* The admission chain: any bytes that parse are answered or are no review; an answer repeats the uid,
 * never allows with a cause, and what it mutates it would not mutate again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "admission/admission.h"
#include "base/base64.h"
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

static void check_reply(const json_t *review, const json_t *reply)
{
	const json_t *response = json_object_get(reply, "response");

	if (!json_equal(json_object_get(response, "uid"), json_at(review, "request", "uid", NULL)))
		abort();
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(json_decref) json_t *review = NULL;
	CLEANUP(json_decref) json_t *reply = NULL;
	CLEANUP(json_decref) json_t *again = NULL;
	const char *patch;
	struct error err;

	if (json_parse((const char *)data, size, &review, &err) < 0 ||
	    admission_review(chain(), review, &reply, &err) < 0)
		return 0;
	check_reply(review, reply);
	patch = json_text(json_object_get(reply, "response"), "patch");
	if (!patch)
		return 0;
	json_object_set_new(json_object_get(review, "request"), "object",
			    apply(json_at(review, "request", "object", NULL), patch));
	if (admission_review(chain(), review, &again, &err) < 0)
		abort();
	check_reply(review, again);
	if (!json_is_true(json_at(again, "response", "allowed", NULL)) ||
	    json_at(again, "response", "patch", NULL))
		abort();
	return 0;
}
