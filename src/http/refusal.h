/* SPDX-License-Identifier: Apache-2.0 */
/* Counts who is turned away and says so in the log, seldom enough that strangers cannot fill it. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include <sys/socket.h>

#include "http/server.h"

struct refusals {
	struct {
		atomic_uint_fast64_t count;
		atomic_uint_fast64_t silent_until_ns;
	} of[HTTP_REFUSALS];
};

/* address may be NULL, why ""; any thread. */
void refusal_note(struct refusals *refusals, enum http_refusal kind, const struct sockaddr *address,
		  const char *why);
