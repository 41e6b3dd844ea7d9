/* SPDX-License-Identifier: Apache-2.0 */
/* Allowed domains: which hosts a tenant may serve.
 *
 *   example.com      that name alone
 *   *.example.com    that name and every name one label below it
 *   **.example.com   that name and every name below it
 *   * or **          every host, and the catch-all that names none
 *
 * Case and a trailing dot do not matter. A wildcard host needs a pattern that covers all that it can
 * match, so "*.example.com" in Gateway API, which matches any depth, needs "**.example.com"; in an
 * Ingress, where it matches one label, "*.example.com" is enough. A catch-all needs "*" or "**". A
 * label in punycode (xn--) may look like another name: unless all hosts are allowed, the pattern has
 * to name that very label. */
#pragma once

#include <stdbool.h>

#include "json/shape.h"

/* How deep "*." of a host reaches. */
enum wildcard_reach { REACH_ANY_DEPTH, REACH_ONE_LABEL };

/* An empty list allows every host. */
bool domains_allow(const struct string_list *patterns, const char *host, enum wildcard_reach reach);

/* Is it one of the forms above? */
bool domain_pattern_valid(const char *pattern);
