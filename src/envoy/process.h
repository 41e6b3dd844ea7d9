/* SPDX-License-Identifier: Apache-2.0 */
/* The Envoy of `kubelb run`: started, kept alive, drained. Everything on the event base's thread,
 * whose end kills Envoy. */
#pragma once

#include "base/error.h"

struct event_base;
struct envoy_process;

struct envoy_process_options {
	const char *program; /* a path, or a name to look for in PATH */
	/* Envoy's working folder, with bootstrap.json; its admin interface is admin.sock there. */
	const char *folder;
	unsigned int concurrency;   /* worker threads; 0: one per core */
	unsigned int drain_seconds; /* how long a removed listener's connections may go on, and how
					 * long envoy_process_stop() waits for connections to end */
	/* Called at each unexpected end, with what it was and Envoy's last words; may be NULL. A new
	 * one is started by itself. */
	void (*died)(void *context, const char *why);
	void *context;
};

/* Starts Envoy. A program that is missing or cannot be executed is the error; whatever goes wrong
 * later is told by died(). Options are copied. */
int envoy_process_new(struct event_base *base, const struct envoy_process_options *options,
		      struct envoy_process **ret, struct error *err);

/* Tells clients to go (HTTP: "Connection: close" with the next answer), waits until no connection
 * is left or drain_seconds have passed, then ends Envoy, by force two seconds later; then calls
 * stopped() once, not from within. A second call only replaces the callback. */
void envoy_process_stop(struct envoy_process *process, void (*stopped)(void *context),
			void *context);

/* Kills what still runs. May be called from within stopped(). */
void envoy_process_free(struct envoy_process *process);
CLEANUP_DEFINE(envoy_process_free, struct envoy_process *)

/* Of the Envoy that runs now; 0: none does. */
int envoy_process_pid(const struct envoy_process *process);
