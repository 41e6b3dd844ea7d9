/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the guard over HTTPS: reviews, how it is, what it counted. */
#pragma once

#include "http/server.h"
#include "manager/guard_metrics.h"
#include "manager/snapshot.h"

struct guard;

struct guard_options {
	const struct admission_handler *handlers;
	struct snapshot_slot *slot;
	struct guard_metrics *metrics;
	struct audit *audit;					    /* NULL: none */
	const char *const *operator_users, *const *operator_groups; /* end with NULL */
};

struct guard *guard_new(const struct guard_options *options);
void guard_free(struct guard *guard);
CLEANUP_DEFINE(guard_free, struct guard *)

/* For http_options: the context of these is a struct guard. */
extern const struct http_route guard_routes[];

/* The server that serves it; before, and once it is asked to leave, /readyz says no. */
void guard_serve(struct guard *guard, const struct http_server *server);
void guard_leave(struct guard *guard);
