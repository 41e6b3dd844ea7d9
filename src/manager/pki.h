/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of the way between `kubelb run` and Envoys that others start. */
#pragma once

#include "base/error.h"

#define PKI_CA "ca.pem"
#define PKI_CA_KEY "ca-key.pem"
#define PKI_SERVER "xds-server.pem"
#define PKI_SERVER_KEY "xds-server-key.pem"
#define PKI_CLIENT "certificate.pem"
#define PKI_CLIENT_KEY "key.pem"

/* Writes an authority (kept where there is one), the xDS server's pair for its host (a name or an
 * address) and the node's pair into the folder. */
int pki_write(const char *folder, const char *host, const char *node, struct error *err);
