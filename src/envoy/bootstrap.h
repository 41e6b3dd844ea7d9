/* SPDX-License-Identifier: Apache-2.0 */
/* The file that an Envoy is started with: who it is and where its control plane is. */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/error.h"

/* Paths are written as they stand: a relative one is relative to Envoy's working folder. */
struct bootstrap_options {
	const char *node;	  /* the node id, which decides what it is served */
	const char *admin_socket; /* NULL: no admin interface */
	/* The control plane: a Unix socket, or NULL and then an address with mutual TLS. */
	const char *xds_socket;
	const char *xds_host; /* an IP, or a name for Envoy to look up */
	uint16_t xds_port;
	/* Folder of ca.pem, certificate.pem and key.pem for the address. They may be replaced by
	 * renames within that folder; Envoy takes them up. */
	const char *pki_folder;
	uint32_t max_connections; /* of clients; 0: no limit */
};

/* The file's content; the caller's. */
json_t *bootstrap_describe(const struct bootstrap_options *options);

/* Writes folder/bootstrap.json, and for an address folder/xds-certificate.json and xds-ca.json,
 * which it names by pki_folder: pass both as the same folder, or pki_folder as Envoy sees it. */
int bootstrap_write(const struct bootstrap_options *options, const char *folder, struct error *err);
