/* SPDX-License-Identifier: Apache-2.0 */
/* Hostnames as Gateway API matches them: "*." stands for one label or more, "*" for every host. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"

/* Lower case, in the arena; "*" for NULL and "". NULL when it can be no host's name. */
const char *hostname_canonical(struct arena *arena, const char *host);

/* Does outer match every host that inner matches? Both canonical. */
bool hostname_covers(const char *outer, const char *inner);

/* What both match, one of the two; NULL when nothing. (Gateway API HTTPRoute.hostnames) */
const char *hostname_intersection(const char *a, const char *b);

/* Hosts that something stands on, to find out what meets them. */
struct host_set;

struct host_set *host_set_new(struct arena *arena);
void host_set_add(struct host_set *set, const char *host);
/* Is there a host that both this one and one of the set match? */
bool host_set_meets(const struct host_set *set, const char *host);
