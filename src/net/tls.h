/* SPDX-License-Identifier: Apache-2.0 */
/* TLS where both sides show a certificate. */
#pragma once

#include "base/cleanup.h"
#include "base/error.h"

struct ssl_st;
struct ssl_ctx_st;

/* A server's context from PEM files: TLS 1.2 (ECDHE with AEAD only) or 1.3; a client must show a
 * certificate for client authentication that chains up to the CA. No resumption, so that each
 * connection is verified anew. ALPN: h2; a client that offers none is taken, one that offers only
 * others is not. On success *ret is the caller's, for tls_context_free(). */
int tls_server_context(const char *ca_file, const char *certificate_file, const char *key_file,
		       struct ssl_ctx_st **ret, struct error *err);
void tls_context_free(struct ssl_ctx_st *context);
CLEANUP_DEFINE(tls_context_free, struct ssl_ctx_st *)

/* The URI in the subject alternative name of the peer's certificate, for free(). NULL unless there is
 * exactly one: of several none says who the peer is. */
char *tls_peer_uri(const struct ssl_st *ssl);
