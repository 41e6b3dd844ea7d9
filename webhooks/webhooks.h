/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds that the guard judges: the table that cmd hands to the admission chain. */
#pragma once

#include "admission/admission.h"

/* Ends with KIND_UNKNOWN. */
extern const struct admission_handler webhooks[];
