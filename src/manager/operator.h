/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's files: Config and Tenants through the chain into the policy snapshot. */
#pragma once

#include "admission/admission.h"
#include "manager/record.h"
#include "policy/policy.h"
#include "source/folder.h"

struct operator_records;

struct operator_records *operator_records_new(const struct admission_handler *handlers,
					      const char *const *reserved, size_t reserved_count);
void operator_records_free(struct operator_records *ops);

/* Judges the operator's files as the operator's writes. What is refused leaves its last good version
 * in the policy. */
void operator_records_run(struct operator_records *ops, const struct folder *folder);
/* The same of files that need not be of a folder. */
void operator_records_run_files(struct operator_records *ops, const struct folder_file *files,
				size_t count);

/* The policy of the last run; the defaults before it. Borrowed until the next run. */
struct policy *operator_records_policy(const struct operator_records *ops);
/* Grows with each run that changed what holds for this tenant. */
uint64_t operator_records_serial(const struct operator_records *ops, const char *tenant);
struct record *operator_records_all(const struct operator_records *ops);
