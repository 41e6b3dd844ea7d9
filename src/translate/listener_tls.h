/* SPDX-License-Identifier: Apache-2.0 */
/* A Gateway listener's TLS: what of it we can do, and its certificates. */
#pragma once

#include "translate/gateway.h"

struct verdict listener_tls_supported(const struct listener *listener);

/* Finds the certificates; one that is missing, invalid or not permitted leaves the listener without. */
void listener_tls_resolve(struct tenant *tenant, struct listener *listener);
