/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a bootstrap for mutual TLS: bootstrap PKI-FOLDER FOLDER. */
#include "envoy/bootstrap.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct bootstrap_options options = { .node = "n", .xds_host = "127.0.0.1", .xds_port = 1 };
	struct error err;

	if (argc != 3)
		return 2;
	options.pki_folder = argv[1];
	if (bootstrap_write(&options, argv[2], &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	return 0;
}
