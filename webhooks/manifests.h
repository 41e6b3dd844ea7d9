/* SPDX-License-Identifier: Apache-2.0 */
/* The registration: the two WebhookConfigurations that send every write of our kinds to the handlers. */
#pragma once

#include "base/buf.h"

/* Where the API server reaches the guard. */
struct webhook_client {
	const char *url; /* "https://host:port", no slash at the end; NULL: the Service */
	const char *service_namespace, *service_name;
	unsigned service_port;
	const char *ca_bundle; /* PEM; NULL: none is written, certs/rotate.sh puts it in */
};

/* The names that the charts and certs/rotate.sh have, too. */
#define WEBHOOK_CONFIGURATION_NAME "kubelb-manager"
#define WEBHOOK_SERVICE_NAMESPACE "kubelb"
#define WEBHOOK_SERVICE_NAME "kubelb-manager"
#define WEBHOOK_SERVICE_PORT 443

/* Appends YAML, a document each, made from the table of handlers. */
void webhook_manifest_validating(const struct webhook_client *client, struct buf *ret);
void webhook_manifest_mutating(const struct webhook_client *client, struct buf *ret);
