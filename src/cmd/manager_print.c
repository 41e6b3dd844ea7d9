/* SPDX-License-Identifier: Apache-2.0 */
/* kubelb manager --print-webhooks: the registration, for kubectl apply. */
#include "cmd/manager_print.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "webhooks/manifests.h"

/* The API server takes no more than its whole request may have. */
#define CA_BUNDLE_MAX (1UL << 20)

/* A name as it may stand in YAML without quotes. */
static bool is_plain(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.")];
}

/* "NAMESPACE/NAME" or "NAMESPACE/NAME:PORT", taken apart where it lies. */
static bool read_service(char *text, struct webhook_client *client)
{
	char *slash = strchr(text, '/'), *colon = strchr(text, ':');
	int64_t port;

	if (!slash)
		return false;
	*slash = '\0';
	if (colon) {
		*colon = '\0';
		if (!str_to_number(colon + 1, 1, 65535, &port))
			return false;
		client->service_port = (unsigned)port;
	}
	client->service_namespace = text;
	client->service_name = slash + 1;
	return is_plain(client->service_namespace) && is_plain(client->service_name);
}

static bool read_url(const char *text, struct webhook_client *client)
{
	static const char https[] = "https://";
	const char *rest = text + strlen(https);

	client->url = text;
	return str_has_prefix(text, https) && *rest &&
	       !rest[strspn(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				  "0123456789-._:[]/")] &&
	       !str_has_suffix(text, "/");
}

static int fail(const char *what, const char *value)
{
	fprintf(stderr, "kubelb manager: %s%s\n", what, value);
	return EXIT_UNUSABLE;
}

int manager_print_webhooks(const struct manager_options *options)
{
	struct webhook_client client = {
		.service_namespace = WEBHOOK_SERVICE_NAMESPACE,
		.service_name = WEBHOOK_SERVICE_NAME,
		.service_port = WEBHOOK_SERVICE_PORT,
	};
	CLEANUP(buf_done) struct buf service = { 0 }, text = { 0 };
	CLEANUP(buf_free) struct buf *bundle = NULL;
	struct error err;

	buf_puts(&service, options->service ? options->service : "");
	if (options->service && !read_service(service.data, &client))
		return fail("--service takes NAMESPACE/NAME[:PORT], not ", options->service);
	if (options->url && !read_url(options->url, &client))
		return fail("--url takes https://HOST:PORT, not ", options->url);
	if (options->ca_bundle_file &&
	    file_read(options->ca_bundle_file, CA_BUNDLE_MAX, &bundle, &err) < 0)
		return fail("--ca-bundle: ", err.text);
	client.ca_bundle = bundle ? buf_text(bundle) : NULL;
	webhook_manifest_validating(&client, &text);
	buf_puts(&text, "---\n");
	webhook_manifest_mutating(&client, &text);
	if (fputs(text.data, stdout) < 0 || fflush(stdout) != 0)
		return fail("the registration cannot be written", "");
	return EXIT_CLEAN;
}
