/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `kubelb manager`. */
#pragma once

#include <stdbool.h>

#define MANAGER_NAMES_MAX 64

/* Texts are borrowed from argv; lists end with NULL. */
struct manager_options {
	bool webhooks_only;
	const char *webhook_address;
	const char *certificate_file, *key_file;
	const char *client_ca_file; /* NULL: insecure_any_client */
	bool insecure_any_client;
	const char *client_names[MANAGER_NAMES_MAX + 1];
	const char *policy;
	const char *operator_groups[MANAGER_NAMES_MAX + 1];
	const char *operator_users[MANAGER_NAMES_MAX + 1];
	const char *audit_log; /* NULL: none */
	bool print_webhooks;
	const char *url, *service, *ca_bundle_file; /* of print_webhooks; may be NULL */
	int shutdown_delay_s;
	int threads; /* 0: one per core */
};

/* False: there is nothing to run, and *ret_status is what to leave with. */
bool manager_options_parse(int argc, char **argv, struct manager_options *ret, int *ret_status);
