/* SPDX-License-Identifier: Apache-2.0 */
/* What an embedded object, or a reference of one, says of where it lies (ID001). */
#pragma once

#include "admission/admission.h"
#include "api/metadata.h"

/* Is it a namespace of another tenant in the hub? Nothing of a tenant's own lies or leads there. */
bool namespace_is_of_another(const struct admission *admission, const char *namespace);

/* Labels that only the hub sets; path is that of the metadata. */
void embedded_check_labels(struct admission *admission, const struct path *path,
			   const struct metadata *metadata);

/* An embedded object comes from a namespace of the tenant's cluster that is neither Kubernetes' own
 * nor named like another tenant's here. */
void embedded_check_namespace(struct admission *admission, const struct path *path,
			      const struct metadata *metadata);
