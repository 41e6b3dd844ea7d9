/* SPDX-License-Identifier: Apache-2.0 */
/* A folder's documents through the admission chain into the reconciler: what `kubelb run` does where
 * a cluster has an API server and an agent. One thread. */
#pragma once

#include "admission/admission.h"
#include "manager/ledger.h"
#include "manager/reconciler.h"
#include "manager/record.h"
#include "source/folder.h"

struct intake;

struct intake_options {
	const struct folder *folder;
	const struct admission_handler *handlers;
	struct reconciler *reconciler;
	struct store *store;
	struct ledger *ledger;
	const char *const *reserved; /* networks that no endpoint may lie in, see policy.h */
	size_t reserved_count;
	/* The records of a tenant's namespace (NULL: the operator's) were judged. */
	void (*judged)(void *context, const char *namespace);
	void *context;
};

struct intake *intake_new(const struct intake_options *options);
void intake_free(struct intake *intake);
CLEANUP_DEFINE(intake_free, struct intake *)

/* Notes that files of a tenant changed (NULL: the operator's). */
void intake_touch(struct intake *intake, const char *tenant);

/* Judges what is noted: the operator's files first, then each tenant whose files or policy changed.
 * A refused object leaves its last good version in force. */
void intake_run(struct intake *intake);

/* The records of a namespace ("tenant-x"; NULL: the operator's); NULL: none. A uthash table. */
struct record *intake_records(const struct intake *intake, const char *namespace);
