/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to Envoy's admin interface on a Unix socket. */
#pragma once

#include "base/cleanup.h"

struct event_base;
struct admin_request;

/* Called once, on base's thread, never from within admin_request_new(): the body of a 200, or NULL
 * for any other answer, or none within two seconds. */
typedef void admin_answer_fn(void *context, const char *body);

/* method "GET" or "POST"; folder and socket name the socket, so that a folder deeper than a Unix
 * address reaches works too. The request frees itself after the answer; until then
 * admin_request_cancel() ends it without one. */
struct admin_request *admin_request_new(struct event_base *base, const char *folder,
					const char *socket, const char *method, const char *path,
					admin_answer_fn *answer, void *context);
void admin_request_cancel(struct admin_request *request);
