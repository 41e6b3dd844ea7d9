/* SPDX-License-Identifier: Apache-2.0 */
/* A Gateway listener's TLS: what of it we can do, and its certificates. */
#pragma once

#include "translate/gateway.h"

struct verdict listener_tls_supported(const struct listener *listener);

/* Finds the certificates; one that is missing, invalid or not permitted leaves the listener without. */
void listener_tls_resolve(struct tenant *tenant, struct listener *listener);

/* The CAs by which clients are to be verified, of which none is read: notes those that may not be
 * referred to. (Gateway API FrontendTLSValidation) */
void listener_tls_judge_authorities(struct listener *listener);

/* The Gateway's own certificate for its backends, which is not read either. */
struct verdict gateway_tls_client(const struct gateway_state *gateway);
