/* SPDX-License-Identifier: Apache-2.0 */
/* The chain that every object passes: one table of steps, run the same by webhook, run and check. */
#pragma once

#include "api/kind.h"
#include "base/buf.h"
#include "base/error.h"
#include "policy/inventory.h"
#include "policy/policy.h"

/* One rule for `--list-rules`, doc/rules.md and the replies. */
struct rule_info {
	const char *id, *title, *allowed;
};

enum operation { OPERATION_CREATE, OPERATION_UPDATE, OPERATION_DELETE };

enum caller {
	CALLER_STRANGER,
	CALLER_TENANT, /* system:serviceaccount:tenant-<x>:* */
	CALLER_OPERATOR,
	CALLER_CONTROLLER, /* of kube-controller-manager: namespaces and garbage */
};

struct admission_config;
struct admission_handler;

/* One object on its way through the chain. Texts are borrowed from the request or lie in the arena;
 * a json_t made here is adopted by the arena. */
struct admission {
	const struct admission_config *config;
	struct arena *arena;

	/* What is asked. */
	enum operation operation;
	const char *user;
	const char *const *groups; /* ends with NULL */
	const char *subresource;   /* "" for the object itself */
	enum kind kind;
	const char *namespace;	/* "" for a cluster-scoped object */
	bool namespace_written; /* it is known from the object alone, not from a request */
	const char *name;	/* "" with generateName */
	const json_t *original; /* NULL on DELETE */
	/* NULL on CREATE. Without its spec, which no rule reads, where a tenant updates. */
	const json_t *old_object;
	json_t *spare; /* the original, where it may be changed instead of a copy; or NULL */

	/* What the chain finds. */
	enum caller caller;
	const char *caller_namespace; /* of a CALLER_TENANT */
	const struct admission_handler *handler;
	const struct tenant_policy *tenant; /* what holds in the object's namespace */
	json_t *object;			    /* the original, mutated; NULL on DELETE */
	const void *decoded;		    /* struct load_balancer, struct route, … */
	struct problems problems;
};

/* What a kind brings to the chain; the table lives in webhooks/, cmd passes it in. Each function may
 * be NULL. What cannot be read is absent in `decoded` and told already: validate and authorize check
 * the rest all the same, so that a reply names everything. */
struct admission_handler {
	enum kind kind;
	void (*mutate)(struct admission *admission); /* changes admission->object, idempotent */
	void (*validate)(struct admission *admission);
	void (*authorize)(struct admission *admission);
};

/* Does the chain ever change an object of this kind, so that it needs a mutating webhook? */
bool admission_mutates(const struct admission_handler *handler);

struct admission_config {
	const struct admission_handler *handlers; /* ends with KIND_UNKNOWN */
	const struct policy *policy;
	/* What exists: claims on hosts and quotas refuse by it. NULL, in run and check: they never do. */
	const struct inventory *inventory;
	const char *const *operator_users, *const *operator_groups; /* end with NULL; may be NULL */
	/* For a validating webhook, whose reply must not hold a patch. */
	bool without_patch;
	size_t memory_max; /* that one review may take, about; 0: 64 MiB */
};

/* What `run` and `check` fill in where the webhook has an AdmissionReview. */
struct admission_request {
	enum operation operation;
	const char *user;
	const char *const *groups; /* ends with NULL; may be NULL */
	json_t *object;		   /* borrowed, not changed; NULL on DELETE */
	json_t *old_object;	   /* of an UPDATE or DELETE */
};

struct verdict {
	bool allowed;
	json_t *object;		  /* after mutation; the caller's; NULL on DELETE */
	struct problems problems; /* every cause in the order of fields, and every warning, in the
					 * arena given */
};

/* Steps 2 to 6. Always a verdict; what cannot be judged is refused. An object without a namespace gets
 * that of the tenant that asks. */
void admission_decide(const struct admission_config *config,
		      const struct admission_request *request, struct arena *arena,
		      struct verdict *ret);

/* What a review came to, for the metrics and the audit. Texts lie in the arena. */
struct admission_outcome {
	const char *uid, *user, *namespace, *name, *subresource;
	const char *operation; /* as written; "" when it could not be read */
	enum kind kind;
	enum caller caller;
	bool dry_run, allowed;
	size_t patch_operations;
	struct problems problems; /* every cause and every warning */
};

/* All seven steps over the bytes of a request's body; appends the AdmissionReview that answers. `kind`
 * is that of the path which was asked (KIND_UNKNOWN: any). Fails when it is no review that could be
 * answered: ERROR_INVALID and ERROR_TOO_LARGE (400), ERROR_BUSY when the arena's ceiling was
 * reached (503). The arena is the caller's, who frees it once the outcome is told. */
int admission_serve(const struct admission_config *config, enum kind kind, const char *body,
		    size_t length, struct arena *arena, struct buf *ret,
		    struct admission_outcome *ret_outcome, struct error *err);

/* Every rule, ends with a NULL id. */
extern const struct rule_info admission_rules[];
