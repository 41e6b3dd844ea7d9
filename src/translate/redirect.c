/* SPDX-License-Identifier: Apache-2.0 */
/* Redirects, completed where they attach. */
#include "translate/redirect.h"

#include "base/arena.h"
#include "base/str.h"

static bool port_implied(const char *scheme, int64_t port)
{
	return port == (str_equal(scheme, "https") ? 443 : 80);
}

/* Where a redirect says no port, it is that of its scheme, else the listener's own, whatever Envoy
 * listens on. One that the scheme implies is left out, which needs a host without port: Envoy would
 * keep the request's. A wildcard has no such host. (Gateway API HTTPRequestRedirectFilter.port) */
static void complete(const struct pass *pass, const struct listener *listener, const char *host,
		     struct ir_redirect *redirect)
{
	const char *scheme = listener->tls ? "https" : "http";

	if (!redirect->port && redirect->scheme)
		redirect->port = port_implied(redirect->scheme, 443) ? 443 : 80;
	if (!redirect->port)
		redirect->port = (uint16_t)listener->spec->port;
	if (!redirect->scheme)
		redirect->scheme = scheme;
	if (redirect->host || !port_implied(redirect->scheme, redirect->port))
		return;
	if (port_implied(scheme, listener->spec->port) && !pass->context->port_offset)
		redirect->port = 0;
	else if (host[0] != '*')
		redirect->host = host;
}

const struct ir_route *redirect_at(const struct pass *pass, const struct ir_route *route,
				   const struct listener *listener, const char *host)
{
	struct ir_redirect *redirect;
	struct ir_route *copy;

	if (!route->redirect)
		return route;
	redirect = ARENA_NEW(pass->arena, struct ir_redirect);
	*redirect = *route->redirect;
	complete(pass, listener, host, redirect);
	copy = ARENA_NEW(pass->arena, struct ir_route);
	*copy = *route;
	copy->redirect = redirect;
	return copy;
}
