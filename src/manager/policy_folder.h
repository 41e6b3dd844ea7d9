/* SPDX-License-Identifier: Apache-2.0 */
/* A folder as the guard's policy: DIR/<tenant>/ holds what that tenant has in the hub already, the files
 * beside these folders are the Config and the Tenants. One thread; what it publishes is for all. */
#pragma once

#include "admission/admission.h"
#include "manager/guard_metrics.h"
#include "manager/snapshot.h"

struct event_base;
struct policy_folder;

struct policy_folder_options {
	struct event_base *base;
	const char *path;
	const struct admission_handler *handlers;
	struct snapshot_slot *slot;
	struct guard_metrics *metrics;
};

/* Reads the folder, publishes a first snapshot, and a new one after each edit. Fails where the folder
 * or anything of the operator's in it cannot be used: a guard does not start with half a policy. Later
 * a file or object that cannot be used leaves its last good version in force, which is logged. */
int policy_folder_new(const struct policy_folder_options *options, struct policy_folder **ret,
		      struct error *err);
void policy_folder_free(struct policy_folder *policy);
CLEANUP_DEFINE(policy_folder_free, struct policy_folder *)

/* Looks at every file now, whatever inotify said. */
void policy_folder_look(struct policy_folder *policy);
