/* SPDX-License-Identifier: Apache-2.0 */
/* The state folder of one `kubelb run`: found or made, locked, and what lies in it. */
#pragma once

#include "base/error.h"

struct state;

/* path NULL: $XDG_STATE_HOME (or ~/.local/state)/kubelb/<digest of the served folder>. Made with mode
 * 0700 and locked; ERROR_BUSY while another process holds it. */
int state_open(const char *path, const char *served, struct state **ret, struct error *err);
/* Gives the lock up. What is kept in the folder stays. */
void state_free(struct state *state);
CLEANUP_DEFINE(state_free, struct state *)

/* Absolute, borrowed. */
const char *state_folder(const struct state *state);
/* A file in it; borrowed until the state is freed. */
const char *state_file(struct state *state, const char *name);
