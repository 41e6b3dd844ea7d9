/* SPDX-License-Identifier: Apache-2.0 */
/* What the server shows and whom it trusts: the serving pair and the client CA, each counted, each
 * replaced by itself while connections hold the old one. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"

/* A certificate chain with its key. Immutable. */
struct key_pair {
	atomic_uint refs;
	gnutls_certificate_credentials_t credentials;
	int64_t not_after; /* of the chain's first, seconds since the epoch */
};

/* From PEM. Refuses what cannot serve at `now`: no certificate, a key of another certificate,
 * expired, not yet valid. On success *ret is the caller's, for key_pair_unref(). */
int key_pair_new(const struct buf *certificate, const struct buf *key, time_t now,
		 struct key_pair **ret, struct error *err);
struct key_pair *key_pair_ref(struct key_pair *pair);
void key_pair_unref(struct key_pair *pair);
CLEANUP_DEFINE(key_pair_unref, struct key_pair *)

/* Who may have issued a client's certificate. Immutable. */
struct client_ca {
	atomic_uint refs;
	gnutls_x509_trust_list_t list;
	int64_t not_after; /* of the one that lasts longest */
};

/* From PEM, one certificate or several (old and new overlap while they are rotated). Refuses a file
 * without one that is valid at `now`. On success *ret is the caller's, for client_ca_unref(). */
int client_ca_new(const struct buf *pem, time_t now, struct client_ca **ret, struct error *err);
struct client_ca *client_ca_ref(struct client_ca *ca);
void client_ca_unref(struct client_ca *ca);
CLEANUP_DEFINE(client_ca_unref, struct client_ca *)
