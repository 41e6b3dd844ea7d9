/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `kubelb run`. */
#pragma once

#include <stdbool.h>

#include "manager/report.h"

/* Texts are borrowed from argv. */
struct run_options {
	const char *folder;
	const char *state; /* NULL: below XDG_STATE_HOME */
	const char *pool;
	const char *envoy;
	const char *xds_address; /* host:port; NULL: the Unix socket */
	enum report_format format;
	int port_offset;
	bool once, no_envoy;
};

/* False: there is nothing to run, and *ret_status is what to leave with. */
bool run_options_parse(int argc, char **argv, struct run_options *ret, int *ret_status);
