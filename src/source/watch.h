/* SPDX-License-Identifier: Apache-2.0 */
/* The notices of inotify, and the timers around it: which folders somebody wants to hear of, and when what was heard
 * has settled. Knows nothing of what lies in the folders. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct event_base;
struct watch;

enum watch_event {
	WATCH_CHANGED, /* written and closed, moved, deleted, or a folder came */
	WATCH_CREATED, /* it is there; a file is perhaps still being written */
	WATCH_TOUCHED, /* mode or owner, not the content */
};

/* What a watch calls, on the loop. */
struct watch_hooks {
	/* The entry `name` of the folder that `owner` watches; NULL: any of them, or the folder
	 * itself. owner NULL: the kernel lost events, anything may have changed. True: worth to call
	 * settled(). */
	bool (*noted)(void *context, void *owner, const char *name, enum watch_event event);
	/* 100 ms after the first of what was noted, and when watch_later() asked for it. */
	void (*settled)(void *context);
	void *context;
};

int watch_new(struct event_base *base, const struct watch_hooks *hooks, struct watch **ret,
	      struct error *err);
void watch_free(struct watch *watch);
CLEANUP_DEFINE(watch_free, struct watch *)

/* Reports what happens to the entries of a folder to owner. Again for the same is fine. What the
 * kernel cannot watch is looked at every other second instead, and said once. */
void watch_folder(struct watch *watch, const char *path, void *owner);

/* Reports what happens to one entry of another folder to owner, as if it were its entry `name`
 * (NULL: as if it were owner's folder itself): where a symbolic link leads to. */
void watch_elsewhere(struct watch *watch, const char *path, void *owner, const char *name);

/* Forgets all that owner watches; with a name only what watch_elsewhere() added under it. */
void watch_forget(struct watch *watch, const void *owner, const char *name);

/* Calls settled() once after that time, or before. */
void watch_later(struct watch *watch, unsigned ms);
