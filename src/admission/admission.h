/* SPDX-License-Identifier: Apache-2.0 */
/* The chain that every object passes: one table of steps, run the same by webhook, run and check. */
#pragma once

#include "api/kind.h"
#include "base/error.h"
#include "policy/policy.h"

/* One rule for `--list-rules`, doc/rules.md and the replies. */
struct rule_info {
	const char *id, *title, *allowed;
};

/* What a kind brings to the chain; the table lives in webhooks/, cmd passes it in. */
struct admission;
struct admission_handler {
	enum kind kind;
	void (*mutate)(struct admission *admission);
	void (*validate)(struct admission *admission);
	void (*authorize)(struct admission *admission);
};

struct admission_config {
	const struct admission_handler *handlers;	/* ends with KIND_UNKNOWN */
	const struct policy *policy;
	const char *const *operator_users, *const *operator_groups;	/* end with NULL; may be NULL */
};

enum operation { OPERATION_CREATE, OPERATION_UPDATE, OPERATION_DELETE };

/* What `run` and `check` fill in where the webhook has an AdmissionReview. */
struct admission_request {
	enum operation operation;
	const char *user;
	const char *const *groups;	/* ends with NULL; may be NULL */
	json_t *object;			/* borrowed, not changed */
	json_t *old_object;		/* of an UPDATE */
};

struct verdict {
	bool allowed;
	json_t *object;			/* after mutation; the caller's */
	struct problems problems;	/* every cause and warning, in the arena given */
};

/* Steps 2 to 6. Always a verdict; what cannot be judged is refused. */
void admission_decide(const struct admission_config *config,
		      const struct admission_request *request, struct arena *arena,
		      struct verdict *ret);

/* All seven steps: AdmissionReview in, AdmissionReview out (the caller's). ERROR_INVALID when it is
 * no review at all. */
int admission_review(const struct admission_config *config, const json_t *review, json_t **ret,
		     struct error *err);

/* Every rule, ends with a NULL id. */
extern const struct rule_info rules[];
