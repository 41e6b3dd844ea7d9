/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the serving pair and the client CA as their files say: it watches the files' folders, looks
 * by the clock as well, and leaves in force what it has when the files are unusable. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "http/credentials.h"

struct keeper;

struct keeper_options {
	const char *certificate_file, *key_file;
	const char *client_ca_file; /* NULL: none */
	unsigned poll_ms;
};

/* Reads the files, then follows them on a thread of its own. Paths are borrowed. */
int keeper_start(const struct keeper_options *options, struct keeper **ret, struct error *err);
void keeper_stop(struct keeper *keeper);
CLEANUP_DEFINE(keeper_stop, struct keeper *)

/* Has the thread look at the files now. Any thread. */
void keeper_look(struct keeper *keeper);

/* What is in force, a reference of the caller's. Any thread. */
struct key_pair *keeper_pair(struct keeper *keeper);
/* NULL: no client CA. *ret_generation is as keeper_generation() at that moment. */
struct client_ca *keeper_client_ca(struct keeper *keeper, unsigned *ret_generation);
/* Differs after each change of the client CA: whether a client has to be verified again. */
unsigned keeper_generation(const struct keeper *keeper);

struct keeper_state {
	uint64_t reloads, failures;
	bool last_failed;
	int64_t pair_not_after, client_ca_not_after;
};
void keeper_state(struct keeper *keeper, struct keeper_state *ret);
