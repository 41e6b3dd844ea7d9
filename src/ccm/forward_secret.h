/* SPDX-License-Identifier: Apache-2.0 */
/* A Secret that something sent refers to: a SyncSecret with what TLS needs of it. */
#pragma once

#include "ccm/pass.h"

void forward_secret(struct pass *pass, const struct origin *origin);
