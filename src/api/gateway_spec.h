/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a Gateway's spec that are judged by their schema and not acted on. */
#pragma once

#include "api/gateway.h"
#include "api/parent_ref.h"

extern const struct shape gateway_address_shape;
extern const struct shape gateway_infrastructure_shape;
extern const struct shape gateway_allowed_listeners_shape;
extern const struct shape gateway_spec_tls_shape;

/* No two addresses alike. */
void gateway_addresses_check(const void *items, size_t count, const struct path *path,
			     struct problems *problems);

/* spec.parametersRef of a GatewayClass, of infrastructure without a namespace. */
extern const struct shape parameters_ref_shape;
extern const struct shape local_parameters_ref_shape;
