/* SPDX-License-Identifier: Apache-2.0 */
/* Hostnames as policy compares them: lower case, no trailing dot, label by label. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define HOST_MAX 253

/* Writes the canonical form of a name (or "*." before one). False, and nothing usable written, when
 * it is empty or too long for a name. */
bool host_canonical(const char *host, char ret[HOST_MAX + 1]);

/* Does it name every host: NULL, "" or "*"? */
bool host_is_catch_all(const char *host);

/* The name behind "*.", or NULL when it is no wildcard. */
const char *host_wildcard_base(const char *host);

/* The name without its first label, or NULL when it has but one. */
const char *host_parent(const char *host);

/* Does host end in ".<domain>"? Both canonical. */
bool host_is_below(const char *host, const char *domain);
