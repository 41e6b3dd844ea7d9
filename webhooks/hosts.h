/* SPDX-License-Identifier: Apache-2.0 */
/* The one judge of hostnames, wherever an object names one. */
#pragma once

#include "admission/admission.h"
#include "policy/domains.h"

/* Adds what is wrong with a host under a rule; NULL or "" is the catch-all. */
void host_check(struct admission *admission, const char *rule, const struct path *path,
		const char *host, enum wildcard_reach reach);
