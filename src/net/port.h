/* SPDX-License-Identifier: Apache-2.0 */
/* Is a port free? Asked where SO_REUSEPORT would hide that it is not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Binds a socket without sharing and closes it again. ERROR_BUSY: somebody has the port; any other
 * failure to bind (no such address, no right) is ERROR_IO. */
int port_probe(const char *address, uint16_t port, bool udp, struct error *err);
