/* SPDX-License-Identifier: Apache-2.0 */
/* One decision as a line of JSON for the audit log. Holds no value of an object: causes are told by
 * rule and field. */
#pragma once

#include <stdint.h>
#include <time.h>

#include "admission/admission.h"

/* Appends the line with its newline: printable ASCII alone, so that no text of a tenant ends it or
 * passes for another. `webhook` is "validate" or "mutate". */
void audit_line(struct buf *ret, const struct timespec *now, const char *webhook,
		const struct admission_outcome *outcome, uint64_t duration_ns);

/* The same of a request that was no review which could be answered. */
void audit_line_unanswered(struct buf *ret, const struct timespec *now, const char *webhook,
			   const char *resource, unsigned status, uint64_t duration_ns);
