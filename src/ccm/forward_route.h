/* SPDX-License-Identifier: Apache-2.0 */
/* Ingress, Gateway, HTTPRoute and GRPCRoute: a Route each, with what it refers to. */
#pragma once

#include "ccm/forwarding.h"

/* Sends the object as a Route if its class, or one of its parents, is ours. */
void forward_ingress(struct forwarding *pass, const struct origin *origin);
void forward_gateway(struct forwarding *pass, const struct origin *origin);
void forward_route(struct forwarding *pass, const struct origin *origin);
