/* SPDX-License-Identifier: Apache-2.0 */
/* A guard for tests: the hub of tests/threats/cluster.yaml, reviews made of an object, and replies held
 * to what every reply has to be. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "admission/admission.h"

struct site {
	json_t *cluster; /* the documents of cluster.yaml */
	struct policy *policy;
	struct inventory *inventory; /* of what lies there besides */
	struct admission_config config;
};

/* Reads the hub. tenant_spec: what Tenant "a" holds instead, or NULL. */
void site_init(struct site *site, const json_t *tenant_spec);
void site_done(struct site *site);

/* One document of tests/threats/<name>.yaml, the caller's. */
json_t *site_read(const char *name);

/* The AdmissionReview of the agent of tenant-a: its operation follows from what is given (no object:
 * DELETE; no old one: CREATE). Members of `request`, which may be NULL, take the place of those made
 * here. The caller's. */
json_t *review_make(const json_t *object, const json_t *old, const json_t *request);

/* What the guard answers: `/mutate`, or `/validate`. The contract of every reply is asserted, its patch
 * stands decoded. NULL, when there is nothing that could be answered. The caller's. */
json_t *site_ask(const struct site *site, const json_t *review, bool validate);

/* The object after the patch of the reply; the caller's. */
json_t *reply_object(const json_t *reply, const json_t *review);
bool reply_allows(const json_t *reply);
