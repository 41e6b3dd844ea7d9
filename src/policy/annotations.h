/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations of a tenant: which ones an object may keep on its way into the hub.
 *
 * One that injects configuration into a proxy, or decides who may reach an application, is refused:
 * to ignore it would open what it closes. One that steers a cloud's load balancer, DNS or
 * certificates is dropped: addresses and names are the hub's to give. So is what a deniedAnnotations
 * of Config or Tenant names. A cloud's annotation that propagatedAnnotations names is kept. Anything
 * else is kept and means nothing. Keys are compared without regard to case. */
#pragma once

#include "api/settings.h"

enum annotation_fate { ANNOTATION_KEPT, ANNOTATION_DROPPED, ANNOTATION_REFUSED };

/* *ret_why says why it is not kept, and what would be; a text that lives for ever. */
enum annotation_fate annotation_fate(const struct settings *settings, const char *key,
				     const char *value, const char **ret_why);

/* Can it be read: '*' and '?' (which do not match '/'), '[a-z]', '\' before a character? A pattern
 * that cannot is compared as it stands. */
bool annotation_pattern_valid(const char *pattern);
