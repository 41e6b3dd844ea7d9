/* SPDX-License-Identifier: Apache-2.0 */
/* A Gateway listener's TLS. */
#include "translate/listener_tls.h"

#include "base/arena.h"
#include "base/str.h"
#include "translate/tls_secret.h"

#define INVALID_CERTIFICATE "InvalidCertificateRef"

/* To serve without the check of clients that somebody asked for would let everybody in. */
struct verdict listener_tls_supported(const struct listener *listener)
{
	const struct gateway_tls *tls = listener->spec->tls;
	const json_t *of_gateway = listener->gateway->spec->tls;

	if (tls && tls->mode && !str_equal(tls->mode, "Terminate"))
		return (struct verdict){ .reason = "UnsupportedValue",
					 .message = "TLS mode of HTTPS is Terminate" };
	if (json_has(of_gateway, "frontend") || (tls && tls->frontend_validation))
		return (struct verdict){ .reason = "UnsupportedValue",
					 .message = "clients' certificates cannot be verified" };
	return (struct verdict){ .ok = true };
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
