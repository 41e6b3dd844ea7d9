/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for a tenant: the Config's settings, overridden by the Tenant's.
 *
 * The pair propagatedAnnotations and propagateAllAnnotations comes whole from the Tenant if it sets
 * either; so do the default annotations, allowedDomains, dns.allowedDomains and
 * certificates.allowedDomains. Denied annotations add up: the Config's are a floor, and so is every
 * `disable`. Endpoint policy is not merged here but asked of both (policy/address_policy.h). Every
 * other field is the Tenant's where it is set. */
#pragma once

#include "api/settings.h"

struct arena;

/* config and tenant are specs as written, or NULL; strings are borrowed from them. */
struct settings *settings_merge(const json_t *config, const json_t *tenant, struct arena *arena);
