/* SPDX-License-Identifier: Apache-2.0 */
/* A Gateway listener's TLS. */
#include "translate/listener_tls.h"

#include "base/arena.h"
#include "base/str.h"
#include "translate/tls_secret.h"
#include "json/read.h"

#define INVALID_CERTIFICATE "InvalidCertificateRef"

static struct verdict fault(const char *reason, const char *message)
{
	return (struct verdict){ .reason = reason, .message = message };
}

static const json_t *object_at(const json_t *parent, const char *key)
{
	const json_t *validation = json_at(parent, key, "validation", NULL);

	return json_is_object(validation) ? validation : NULL;
}

/* What frontend TLS asks of clients on this listener's port, or NULL. (Gateway API GatewayTLSConfig) */
static const json_t *client_validation(const struct listener *listener)
{
	const json_t *frontend = json_at(listener->gateway->spec->tls, "frontend", NULL);
	const struct gateway_tls *own = listener->spec->tls;
	const json_t *entry;
	size_t i;

	if (own && json_is_object(own->frontend_validation))
		return own->frontend_validation;
	json_array_foreach(json_at(frontend, "perPort", NULL), i, entry) {
		if (json_integer_value(json_at(entry, "port", NULL)) == listener->spec->port)
			return object_at(entry, "tls");
	}
	return object_at(frontend, "default");
}

/* To serve without the check of clients that somebody asked for would let everybody in. */
struct verdict listener_tls_supported(const struct listener *listener)
{
	const struct gateway_tls *tls = listener->spec->tls;

	if (tls && tls->mode && !str_equal(tls->mode, "Terminate"))
		return fault("UnsupportedValue", "TLS mode of HTTPS is Terminate");
	if (client_validation(listener))
		return fault("UnsupportedValue", "clients' certificates cannot be verified");
	return (struct verdict){ .ok = true };
}

static bool is_refused(const json_t *ref)
{
	return str_equal(json_text(ref, "group"), KUBELB_GROUP) &&
	       str_equal(json_text(ref, "kind"), KIND_REF_NOT_PERMITTED);
}

/* Of a reference whose target nobody reads: may it be, and could it be one? */
static struct verdict judge(const struct carried *from, const json_t *ref, const char *kinds[2],
			    const char *invalid)
{
	const char *kind = json_text(ref, "kind"), *namespace = json_text(ref, "namespace");

	if (!kind)
		kind = kinds[0];
	if (is_refused(ref))
		return fault("RefNotPermitted",
			     "a reference is not permitted by any ReferenceGrant");
	if (!str_is_empty(json_text(ref, "group")) ||
	    (!str_equal(kind, kinds[0]) && !str_equal(kind, kinds[1])))
		return fault(invalid, "a reference is to a kind that holds no certificate");
	if (!tenant_reference_allowed(from, "Gateway", kind,
				      namespace ? namespace : from->namespace,
				      json_text(ref, "name")))
		return fault("RefNotPermitted",
			     "a reference is not permitted by any ReferenceGrant");
	return (struct verdict){ .ok = true };
}

void listener_tls_judge_authorities(struct listener *listener)
{
	static const char *kinds[] = { "ConfigMap", "Secret" };
	const json_t *refs = json_at(client_validation(listener), "caCertificateRefs", NULL);
	const json_t *ref;
	size_t i, bad = 0;

	json_array_foreach(refs, i, ref) {
		struct verdict verdict =
			judge(listener->gateway->carried, ref, kinds, "InvalidCACertificateKind");

		bad += !verdict.ok;
		if (!verdict.ok && listener->resolved.ok)
			listener->resolved = verdict;
	}
	if (bad && bad == json_array_size(refs))
		listener->accepted = fault("NoValidCACertificate", "no CA of clients can be used");
}

struct verdict gateway_tls_client(const struct gateway_state *gateway)
{
	static const char *kinds[] = { "Secret", "Secret" };
	const json_t *ref = json_at(gateway->spec->tls, "backend", "clientCertificateRef", NULL);

	if (!json_is_object(ref))
		return (struct verdict){ .ok = true };
	return judge(gateway->carried, ref, kinds, "InvalidClientCertificateRef");
}

static const char *resolve(struct tenant *tenant, struct listener *listener,
			   const struct certificate_ref *ref, const char **ret_reason)
{
	const struct carried *from = listener->gateway->carried;
	const char *namespace = ref->namespace ? ref->namespace : from->namespace;
	struct arena *arena = tenant->pass.arena;
	const struct tls_secret *secret;

	*ret_reason = "RefNotPermitted";
	if (str_equal(ref->group, KUBELB_GROUP) && str_equal(ref->kind, KIND_REF_NOT_PERMITTED))
		return arena_printf(arena, "Secret %s is not permitted by any ReferenceGrant",
				    ref->name);
	*ret_reason = INVALID_CERTIFICATE;
	if (!str_is_empty(ref->group) || (ref->kind && !str_equal(ref->kind, "Secret")))
		return arena_printf(arena, "%s %s is no Secret", ref->kind ? ref->kind : "",
				    ref->name);
	*ret_reason = "RefNotPermitted";
	if (!tenant_reference_allowed(from, "Gateway", "Secret", namespace, ref->name))
		return arena_printf(arena, "Secret %s/%s is not permitted by any ReferenceGrant",
				    namespace, ref->name);
	*ret_reason = INVALID_CERTIFICATE;
	secret = tls_secret_find(tenant, namespace, ref->name);
	if (!secret->name)
		return arena_printf(arena, "Secret %s/%s %s", namespace, ref->name, secret->reason);
	LIST_APPEND(arena, &listener->secrets, secret->name);
	return NULL;
}

void listener_tls_resolve(struct tenant *tenant, struct listener *listener)
{
	const struct gateway_tls *tls = listener->spec->tls;
	const char *reason = INVALID_CERTIFICATE;
	const char *message = "it names no certificate";

	for (size_t i = 0; tls && i < tls->certificate_refs.count; i++) {
		message = resolve(tenant, listener, &tls->certificate_refs.items[i], &reason);
		if (message)
			break;
	}
	if (!message)
		return;
	listener->secrets = (struct string_list){ 0 };
	listener->resolved = (struct verdict){ .reason = reason, .message = message };
}
