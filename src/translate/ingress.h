/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's Ingresses: one address, one HTTP and one HTTPS listener, one table of hosts. */
#pragma once

#include "translate/ingress_tls.h"
#include "translate/tenant.h"
#include "translate/virtual_host.h"

/* An Ingress while it is lowered. */
struct ingress_state {
	const struct carried *carried;
	const struct ingress *spec;
	struct outcome outcome;
	bool tls; /* some of its hosts have a certificate */
};

void ingresses_translate(struct tenant *tenant);

/* May the Ingress have this host ("*": all)? If not, that is noted in its outcome. */
bool ingress_host_allowed(struct tenant *tenant, struct ingress_state *ingress, const char *host);
