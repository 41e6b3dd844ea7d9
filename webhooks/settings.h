/* SPDX-License-Identifier: Apache-2.0 */
/* What Config and Tenant have in common: settings that can be applied (TN001). */
#pragma once

#include "admission/admission.h"

void settings_check(struct admission *admission, const struct settings *settings);
