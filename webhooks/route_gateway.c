/* SPDX-License-Identifier: Apache-2.0 */
/* An embedded Gateway: what Gateway API itself refuses, and its listeners' hosts. */
#include <string.h>

#include "api/format.h"
#include "base/str.h"
#include "net/address.h"
#include "webhooks/hosts.h"
#include "webhooks/source.h"

#define ADDRESSES_MAX 16

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
	if (str_equal(listener->protocol, "TLS") && !tls->mode)
		source_invalid(source, PROBLEM_REQUIRED, &mode, NULL,
			       "must be set for protocol TLS");
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

/* An address without value asks for any of its type. */
static void check_address(const struct source *source, const char *type, const char *value,
			  const struct path *at)
{
	struct path type_path = path_key(at, "type"), path = path_key(at, "value");
	struct address parsed;

	if (str_equal(type, "IPAddress")) {
		if (!str_is_empty(value) && !address_parse(value, &parsed))
			source_invalid(source, PROBLEM_INVALID, &path, value,
				       "must be an IPv4 or IPv6 address");
	} else if (str_equal(type, "Hostname")) {
		if (!str_is_empty(value) && !format_hostname.fits(value))
			source_invalid(source, PROBLEM_INVALID, &path, value, "must be %s",
				       format_hostname.wanted);
	} else if (!strchr(type, '/') && !str_equal(type, "NamedAddress")) {
		source_invalid(source, PROBLEM_INVALID, &type_path, type,
			       "must be IPAddress, Hostname or a name with a domain before it");
	}
}

static const char *address_type(const json_t *address)
{
	const char *type = json_text(address, "type");

	return type ? type : "IPAddress";
}

static bool addresses_equal(const json_t *a, const json_t *b)
{
	const char *value = json_text(a, "value");

	return !str_is_empty(value) && str_equal(value, json_text(b, "value")) &&
	       str_equal(address_type(a), address_type(b));
}

static void check_addresses(const struct source *source, const json_t *addresses)
{
	struct path list = path_key(&source->spec, "addresses");
	size_t count = json_array_size(addresses);

	if (count > ADDRESSES_MAX) {
		source_invalid(source, PROBLEM_TOO_MANY, &list, NULL, "must have at most %d items",
			       ADDRESSES_MAX);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *address = json_array_get(addresses, i);
		struct path at = path_index(&list, i);

		check_address(source, address_type(address), json_text(address, "value"), &at);
		for (size_t j = 0; j < i; j++)
			if (addresses_equal(json_array_get(addresses, j), address))
				source_invalid(source, PROBLEM_DUPLICATE, &at, NULL,
					       "stands in the list already");
	}
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
	check_addresses(source, gateway->addresses);
	warn_not_acted_on(source, "addresses", gateway->addresses);
	warn_not_acted_on(source, "infrastructure", gateway->infrastructure);
}
