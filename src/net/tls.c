/* SPDX-License-Identifier: Apache-2.0 */
/* TLS where both sides show a certificate. */
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"

CLEANUP_DEFINE(X509_free, X509 *)
CLEANUP_DEFINE(GENERAL_NAMES_free, GENERAL_NAMES *)

static int openssl_error(struct error *err, const char *what, const char *file)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return error_set(err, ERROR_INVALID, "%s '%s': %s", what, file,
			 reason ? reason : "not usable");
}

static int select_h2(SSL *ssl, const unsigned char **ret, unsigned char *ret_length,
		     const unsigned char *offered, unsigned offered_length, void *context)
{
	static const unsigned char h2[] = { 2, 'h', '2' };
	unsigned char *selected;

	(void)ssl;
	(void)context;
	if (SSL_select_next_proto(&selected, ret_length, h2, sizeof(h2), offered, offered_length) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*ret = selected;
	return SSL_TLSEXT_ERR_OK;
}

static int load_files(SSL_CTX *context, const char *ca_file, const char *certificate_file,
		      const char *key_file, struct error *err)
{
	STACK_OF(X509_NAME) * names;

	if (!SSL_CTX_load_verify_file(context, ca_file))
		return openssl_error(err, "client CA", ca_file);
	names = SSL_load_client_CA_file(ca_file);
	if (!names)
		return openssl_error(err, "client CA", ca_file);
	SSL_CTX_set_client_CA_list(context, names);
	if (SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1)
		return openssl_error(err, "certificate", certificate_file);
	/* This compares the key with the certificate, too. */
	if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1)
		return openssl_error(err, "private key", key_file);
	return 0;
}

/* OpenSSL takes a certificate that names no use at all for any use. */
static int verify(int ok, X509_STORE_CTX *store)
{
	X509 *certificate = X509_STORE_CTX_get_current_cert(store);

	if (!ok || X509_STORE_CTX_get_error_depth(store) > 0)
		return ok;
	if (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE &&
	    X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT)
		return ok;
	X509_STORE_CTX_set_error(store, X509_V_ERR_INVALID_PURPOSE);
	return 0;
}

void tls_context_free(SSL_CTX *context)
{
	SSL_CTX_free(context);
}

static SSL_CTX *strict_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) ||
	    !SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"))
		memory_exhausted();
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
					     SSL_OP_NO_COMPRESSION |
					     SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify);
	SSL_CTX_set_alpn_select_cb(context, select_h2, NULL);
	return context;
}

int tls_server_context(const char *ca_file, const char *certificate_file, const char *key_file,
		       struct ssl_ctx_st **ret, struct error *err)
{
	CLEANUP(tls_context_free) SSL_CTX *context = strict_context();
	int r;

	r = load_files(context, ca_file, certificate_file, key_file, err);
	if (r < 0)
		return r;
	*ret = take(context);
	return 0;
}

static const ASN1_IA5STRING *only_uri(const GENERAL_NAMES *names)
{
	const ASN1_IA5STRING *uri = NULL;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_URI)
			continue;
		if (uri)
			return NULL;
		uri = name->d.uniformResourceIdentifier;
	}
	return uri;
}

char *tls_peer_uri(const struct ssl_st *ssl)
{
	CLEANUP(X509_free) X509 *certificate = SSL_get1_peer_certificate(ssl);
	CLEANUP(GENERAL_NAMES_free) GENERAL_NAMES *names = NULL;
	const ASN1_IA5STRING *uri;
	const char *text;

	if (!certificate)
		return NULL;
	names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	uri = names ? only_uri(names) : NULL;
	if (!uri)
		return NULL;
	text = (const char *)ASN1_STRING_get0_data(uri);
	/* A NUL inside would make a shorter name of it. */
	if (strlen(text) != (size_t)ASN1_STRING_length(uri))
		return NULL;
	return memory_strdup(text);
}
