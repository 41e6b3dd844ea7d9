/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary folder, a real event loop, and what the source says of them. */
#pragma once

#include <event2/event.h>

#include "base/buf.h"
#include "source/folder.h"

struct place {
	char path[64]; /* the folder that is read: <temporary folder>/in */
	struct event_base *base;
	struct folder *folder;
	unsigned settled; /* how often */
	struct buf told;  /* the tenants told of: "operator;x;" */
};

/* A fresh folder; as nobody, so that permissions hold. */
void place_init(struct place *place);
void place_done(struct place *place);
static inline void place_done_cleanup(struct place *place)
{
	place_done(place);
}

/* Reads the folder; watch: and goes on watching it. */
void place_open(struct place *place, bool watch);

/* Files by their path below the folder; folders above them are made. */
void place_write(const struct place *place, const char *name, const char *text);
void place_folder(const struct place *place, const char *name);
void place_link(const struct place *place, const char *target, const char *name);
void place_rename(const struct place *place, const char *from, const char *to);
void place_remove(const struct place *place, const char *name);
/* The temporary folder with all in it. */
void place_remove_parent(const struct place *place);
const char *place_at(const struct place *place, const char *name);

/* Runs the loop until the next change has settled, and fails when that takes 5 s. */
void place_settle(struct place *place);
/* Runs the loop for a while, or until a change has settled. */
void place_run(struct place *place, unsigned ms);

/* What is read of a tenant, one line for each file: `a.yaml: {"a":1} {"b":2}`, `!` before what has an
 * error, its line behind it: `!a.yaml@3: {"a":1}`. Until the next call. */
const char *place_text(const struct place *place, const char *tenant);
