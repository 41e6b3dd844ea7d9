/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests are tried again, at which endpoints. */
#pragma once

#include <jansson.h>
#include <stdint.h>

/* Envoy's RetryPolicy; try_timeout_ms 0: none of its own for one attempt. */
json_t *retry_policy_describe(uint32_t try_timeout_ms);
