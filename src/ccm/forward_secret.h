/* SPDX-License-Identifier: Apache-2.0 */
/* A Secret that something sent refers to: a SyncSecret with what TLS needs of it. */
#pragma once

#include "ccm/forwarding.h"

void forward_secret(struct forwarding *pass, const struct origin *origin);
