/* SPDX-License-Identifier: Apache-2.0 */
/* Counts who is turned away and says so in the log. */
#include "http/refusal.h"

#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/log.h"
#include "http/thread.h"

#define LOG_INTERVAL_NS 10000000000u

static const char *const texts[HTTP_REFUSALS] = {
	[HTTP_REFUSED_NO_CERTIFICATE] = "a client without a certificate",
	[HTTP_REFUSED_CERTIFICATE] = "a client for its certificate",
	[HTTP_REFUSED_HANDSHAKE] = "a TLS handshake",
	[HTTP_REFUSED_CONNECTIONS] = "a connection over the ceiling",
	[HTTP_REFUSED_IN_FLIGHT] = "a request, too many bytes being under way",
	[HTTP_REFUSED_DEADLINE] = "a client that took too long",
};

static void address_host(const struct sockaddr *address, char ret[NI_MAXHOST])
{
	socklen_t length = address && address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
								     : sizeof(struct sockaddr_in);

	if (!address || getnameinfo(address, length, ret, NI_MAXHOST, NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(ret, NI_MAXHOST, "somewhere");
}

void refusal_note(struct refusals *refusals, enum http_refusal kind, const struct sockaddr *address,
		  const char *why)
{
	uint64_t count = atomic_fetch_add(&refusals->of[kind].count, 1) + 1;
	uint_fast64_t until = atomic_load(&refusals->of[kind].silent_until_ns);
	uint64_t now = monotonic_ns();
	char host[NI_MAXHOST];

	if (now < until || !atomic_compare_exchange_strong(&refusals->of[kind].silent_until_ns,
							   &until, now + LOG_INTERVAL_NS))
		return;
	address_host(address, host);
	log_warning("https: refused %s from %s%s%s (%" PRIu64 " so far)", texts[kind], host,
		    *why ? ": " : "", why, count);
}
