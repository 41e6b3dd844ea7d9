/* SPDX-License-Identifier: Apache-2.0 */
/* kubelb manager --print-webhooks: the registration, for kubectl apply. */
#pragma once

#include "cmd/manager_options.h"

/* Returns the exit status. */
int manager_print_webhooks(const struct manager_options *options);
