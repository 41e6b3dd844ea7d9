/* SPDX-License-Identifier: Apache-2.0 */
/* A Service: a LoadBalancer of its own, or carried in the Routes that name it. */
#pragma once

#include "ccm/forwarding.h"

/* Sends a Service of type LoadBalancer and of our class as a LoadBalancer. */
void forward_service(struct forwarding *pass, const struct origin *origin);

/* Has it a port that a backend can name? Backends that name another Service are unresolved. */
bool service_is_backend(const struct origin *origin);

/* As much of such a Service as a backend needs: its ports that have a nodePort, and of these
 * what is read. The caller's. */
json_t *service_embed(struct forwarding *pass, const struct origin *origin);
