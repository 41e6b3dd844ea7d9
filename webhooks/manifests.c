/* SPDX-License-Identifier: Apache-2.0 */
/* The registration, made from the table of handlers. */
#include "webhooks/manifests.h"

#include <string.h>

#include "base/base64.h"
#include "webhooks/webhooks.h"

/* What differs between the two configurations. */
struct registration {
	const char *kind;	/* "ValidatingWebhookConfiguration" */
	const char *verb;	/* of the path and of the webhooks' names */
	const char *operations; /* a flow sequence */
	bool subresources;
	const char *note;
	const char *more; /* lines of each webhook */
};

static const struct registration validating = {
	.kind = "ValidatingWebhookConfiguration",
	.verb = "validate",
	.operations = "[\"*\"]",
	.subresources = true,
	.note = "Every write of every kind of ours, of its subresources and in every version, is "
		"judged.\n",
	.more = "",
};

static const struct registration mutating = {
	.kind = "MutatingWebhookConfiguration",
	.verb = "mutate",
	.operations = "[CREATE, UPDATE]",
	.subresources = false,
	.note = "What is written gets its defaults and its tenant's label; the validating "
		"webhooks judge what\n# comes of it.\n",
	.more = "  reinvocationPolicy: IfNeeded\n",
};

static void put_client(struct buf *buf, const struct webhook_client *client, const char *verb,
		       const char *resource)
{
	buf_puts(buf, "  clientConfig:\n");
	if (client->url)
		buf_printf(buf, "    url: %s/%s/%s\n", client->url, verb, resource);
	else
		buf_printf(buf, "    service: {namespace: %s, name: %s, port: %u, path: /%s/%s}\n",
			   client->service_namespace, client->service_name, client->service_port,
			   verb, resource);
	if (client->ca_bundle) {
		buf_puts(buf, "    caBundle: ");
		base64_encode(client->ca_bundle, strlen(client->ca_bundle), buf);
		buf_putc(buf, '\n');
	}
}

static void put_webhook(struct buf *buf, const struct webhook_client *client,
			const struct registration *registration, const struct kind_info *info,
			const char *failure_policy)
{
	buf_printf(buf, "- name: %s-%s.%s\n", registration->verb, info->resource, info->group);
	buf_puts(buf, "  admissionReviewVersions: [v1]\n");
	put_client(buf, client, registration->verb, info->resource);
	buf_printf(buf,
		   "  rules:\n"
		   "  - apiGroups: [%s]\n"
		   "    apiVersions: [\"*\"]\n"
		   "    operations: %s\n",
		   info->group, registration->operations);
	if (registration->subresources)
		buf_printf(buf, "    resources: [%s, %s/*]\n", info->resource, info->resource);
	else
		buf_printf(buf, "    resources: [%s]\n", info->resource);
	buf_printf(buf,
		   "    scope: %s\n"
		   "  failurePolicy: %s\n"
		   "  matchPolicy: Equivalent\n"
		   "  sideEffects: None\n"
		   "  timeoutSeconds: 5\n",
		   info->cluster_scoped ? "Cluster" : "Namespaced", failure_policy);
	buf_puts(buf, registration->more);
}

static void put_manifest(struct buf *buf, const struct webhook_client *client,
			 const struct registration *registration)
{
	buf_printf(buf,
		   "# SPDX-License-Identifier: Apache-2.0\n"
		   "# Made by `kubelb manager --print-webhooks` from the table of handlers.\n"
		   "# %s"
		   "apiVersion: admissionregistration.k8s.io/v1\n"
		   "kind: %s\n"
		   "metadata:\n"
		   "  name: %s\n"
		   "webhooks:\n",
		   registration->note, registration->kind, WEBHOOK_CONFIGURATION_NAME);
	for (const struct admission_handler *handler = webhooks; handler->kind; handler++) {
		bool is_config = handler->kind == KIND_CONFIG;

		if (!registration->subresources && !admission_mutates(handler))
			continue;
		if (is_config)
			buf_puts(buf,
				 "# An upgrade writes the Config while no guard may run yet; what "
				 "is wrong in it is found when it\n"
				 "# is read, and the last good one stays in force.\n");
		put_webhook(buf, client, registration, kind_info(handler->kind),
			    is_config ? "Ignore" : "Fail");
	}
}

void webhook_manifest_validating(const struct webhook_client *client, struct buf *ret)
{
	put_manifest(ret, client, &validating);
}

void webhook_manifest_mutating(const struct webhook_client *client, struct buf *ret)
{
	put_manifest(ret, client, &mutating);
}
