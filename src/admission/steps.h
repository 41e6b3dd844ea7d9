/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the chain, each in a file of its own. */
#pragma once

#include "admission/admission.h"
#include "json/scan.h"

enum step_result {
	STEP_NEXT,
	STEP_DECIDED, /* no further step: refused if there are problems, else allowed */
	STEP_FAILED,  /* no verdict: an error says why */
};

/* Longer than any ceiling of a list: what lies past it is not built. */
#define REVIEW_ITEMS_MAX 8192

/* The body of a request while it is answered. */
struct review {
	struct scan scan;
	const struct scan_node *request, *uid;
	const char *operation; /* as written, or "" */
	bool dry_run;
	bool is_cut; /* the object holds a list longer than any may be; its end was not built */
};

/* Is it a review that can be answered? ERROR_INVALID, ERROR_TOO_LARGE where it is not. On success
 * *ret borrows the body and is for review_done(). */
int review_read(const char *body, size_t length, struct review *ret, struct error *err);
void review_done(struct review *review);
static inline void review_done_cleanup(struct review *review)
{
	review_done(review);
}
/* Reads what is asked, of the kind of the path that was asked (KIND_UNKNOWN: any). */
enum step_result step_review(struct admission *admission, struct review *review, enum kind kind,
			     struct error *err);
/* Who asks. */
enum step_result step_authenticate(struct admission *admission);
/* May they write there, and is the object's identity what it says? */
enum step_result step_scope(struct admission *admission);
enum step_result step_mutate(struct admission *admission);
enum step_result step_validate(struct admission *admission);
enum step_result step_authorize(struct admission *admission);
/* Appends the AdmissionReview that answers; uid is echoed byte for byte. How many operations its patch
 * holds. */
size_t step_reply(const struct admission *admission, const struct review *review, struct buf *ret);

/* Refuses for a reason of identity (ID001). */
void admission_forbid(struct admission *admission, const struct path *path, const char *value,
		      const char *why);
/* Neither the object itself nor its status. */
void admission_refuse_subresource(struct admission *admission, const struct path *path);
size_t admission_memory_max(const struct admission_config *config);
/* ERROR_BUSY: past that ceiling. */
int admission_refuse_memory(struct error *err);
