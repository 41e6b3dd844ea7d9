/* SPDX-License-Identifier: Apache-2.0 */
/* Where endpoints may lie (LB004), for every kind that names some. */
#pragma once

#include "admission/admission.h"

void endpoint_address_check(struct admission *admission, const struct path *path,
			    const struct endpoint_address *address);

/* The addresses, references and port names of spec.endpoints. */
void endpoints_check(struct admission *admission, const struct endpoints *groups, size_t count);
