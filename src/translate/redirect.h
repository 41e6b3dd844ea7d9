/* SPDX-License-Identifier: Apache-2.0 */
/* Redirects, completed where they attach. */
#pragma once

#include "translate/gateway.h"

/* The route with the scheme, the port and, where that has to be said, the host that its redirect leaves
 * to the listener and the virtual host of these routes; itself when it does not redirect. */
const struct ir_route *redirect_at(const struct pass *pass, const struct ir_route *route,
				   const struct listener *listener, const char *host);
