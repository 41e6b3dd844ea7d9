/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a server with mutual TLS, and clients of every kind for it. */
#pragma once

#include <openssl/ssl.h>

#include "net/certificate.h"

/* Two authorities, and a folder with the first one's CA and the server's pair. */
struct site {
	char folder[32];
	char ca[64], certificate[64], key[64];
	struct certificate authority, other_authority, server;
};

void site_make(struct site *site);
void site_remove(struct site *site);

/* A pair for localhost, valid for 1000 s. */
struct certificate site_issue(const struct certificate *authority, enum certificate_use use,
			      time_t now, const char *const *uris);
/* pair NULL: a client without a certificate. */
SSL_CTX *site_client(const struct site *site, const struct certificate *pair);
SSL_CTX *site_server(const struct site *site);
