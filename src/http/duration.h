/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as Go writes them: "10s", "1m30s", "500ms", "1.5h". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A duration above zero; what is beyond a day counts as a day. */
bool duration_parse(const char *text, uint64_t *ret_ns);
