/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the chain, each in a file of its own. */
#pragma once

#include "admission/admission.h"

enum step_result {
	STEP_NEXT,
	STEP_DECIDED, /* no further step: refused if there are problems, else allowed */
};

/* Reads a request of an AdmissionReview into what is asked. */
enum step_result step_review(struct admission *admission, const json_t *request);
/* Who asks. */
enum step_result step_authenticate(struct admission *admission);
/* May they write there, and is the object's identity what it says? */
enum step_result step_scope(struct admission *admission);
enum step_result step_mutate(struct admission *admission);
enum step_result step_validate(struct admission *admission);
enum step_result step_authorize(struct admission *admission);
/* The AdmissionReview that answers; the caller's. uid is echoed as it came. */
json_t *step_reply(struct admission *admission, json_t *uid);

/* Refuses for a reason of identity (ID001). */
void admission_forbid(struct admission *admission, const struct path *path, const char *value,
		      const char *why);
