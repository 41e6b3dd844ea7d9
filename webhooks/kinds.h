/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind brings to the chain, one file per kind; webhooks/registration.c is the table. */
#pragma once

#include "admission/admission.h"

void load_balancer_mutate(struct admission *admission);
void load_balancer_validate(struct admission *admission);
void load_balancer_authorize(struct admission *admission);

void route_mutate(struct admission *admission);
void route_validate(struct admission *admission);
void route_authorize(struct admission *admission);

void addresses_authorize(struct admission *admission);

void sync_secret_mutate(struct admission *admission);
void sync_secret_validate(struct admission *admission);
void sync_secret_authorize(struct admission *admission);

void tenant_validate(struct admission *admission);
void config_validate(struct admission *admission);
