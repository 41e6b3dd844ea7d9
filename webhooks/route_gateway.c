/* SPDX-License-Identifier: Apache-2.0 */
/* An embedded Gateway: what Gateway API itself refuses, and its listeners' hosts. */
#include "base/str.h"
#include "webhooks/hosts.h"
#include "webhooks/source.h"

static bool terminates(const struct gateway_tls *tls)
{
	return !tls->mode || str_equal(tls->mode, "Terminate");
}

static void check_tls(const struct source *source, const struct gateway_listener *listener,
		      const struct path *at)
{
	static const char *const plain[] = { "HTTP", "TCP", "UDP", NULL };
	const struct gateway_tls *tls = listener->tls;
	struct path path = path_key(at, "tls"), mode = path_key(&path, "mode");
	struct path refs = path_key(&path, "certificateRefs");

	if (tls && str_in(listener->protocol, plain))
		source_invalid(source, PROBLEM_FORBIDDEN, &path, NULL,
			       "must not be set for protocol %s", listener->protocol);
	if (!tls && str_equal(listener->protocol, "TLS"))
		source_invalid(source, PROBLEM_REQUIRED, &path, NULL,
			       "must be set for protocol TLS");
	if (!tls)
		return;
	if (str_equal(listener->protocol, "HTTPS") && !terminates(tls))
		source_invalid(source, PROBLEM_INVALID, &mode, tls->mode,
			       "must be Terminate for protocol HTTPS");
	if (terminates(tls) && !tls->certificate_refs.count && !tls->options.count)
		source_invalid(source, PROBLEM_REQUIRED, &refs, NULL,
			       "must hold a certificate for mode Terminate");
}

static void check_listener(const struct source *source, const struct gateway_listener *listener,
			   const struct path *at)
{
	struct path hostname = path_key(at, "hostname");
	bool layer4 = str_equal(listener->protocol, "TCP") || str_equal(listener->protocol, "UDP");

	check_tls(source, listener, at);
	if (!layer4)
		host_check(source->admission, "RT005", &hostname, listener->hostname,
			   REACH_ANY_DEPTH);
	else if (!str_is_empty(listener->hostname))
		source_invalid(source, PROBLEM_FORBIDDEN, &hostname, listener->hostname,
			       "must not be set for protocol %s", listener->protocol);
}

/* What a tenant may ask for and the hub alone gives. */
static void warn_not_acted_on(const struct source *source, const char *key, const json_t *value)
{
	struct path path = path_key(&source->spec, key);

	if (value)
		problems_warn(&source->admission->problems, &path,
			      "not acted on: the hub gives addresses and infrastructure [RT008]");
}

void source_check_gateway(const struct source *source)
{
	const struct gateway *gateway = source->embedded->gateway;
	struct path listeners = path_key(&source->spec, "listeners");

	for (size_t i = 0; i < gateway->listeners.count; i++) {
		struct path item = path_index(&listeners, i);

		check_listener(source, &gateway->listeners.items[i], &item);
	}
	warn_not_acted_on(source, "addresses", gateway->addresses);
	warn_not_acted_on(source, "infrastructure", gateway->infrastructure);
}
