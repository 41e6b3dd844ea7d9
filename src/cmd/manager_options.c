/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `kubelb manager`. */
#include "cmd/manager_options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>

#include "base/log.h"
#include "base/str.h"
#include "cmd/cmd.h"

#define SHUTDOWN_DELAY_S 5

static const char usage_text[] =
	"usage: kubelb manager --webhooks-only --webhook-address HOST:PORT --tls-cert FILE\n"
	"                      --tls-key FILE --policy DIR [OPTIONS]\n"
	"       kubelb manager --print-webhooks [OPTIONS]\n"
	"\n"
	"The guard: judges AdmissionReviews over HTTPS by the policy of a folder, where DIR/*.yaml "
	"holds\n"
	"Config and Tenants, and DIR/<tenant>/ what the tenant has in the hub already. Files are "
	"watched.\n"
	"\n"
	"  --webhooks-only         serve the webhooks alone, without a cluster\n"
	"  --webhook-address ADDR  where to serve: host:port\n"
	"  --tls-cert FILE         the serving certificate and its chain, PEM\n"
	"  --tls-key FILE          its key, PEM\n"
	"  --client-ca FILE        who signs the API server's client certificate, PEM\n"
	"  --client-name NAME      accept this common or DNS name alone; may be repeated\n"
	"  --insecure-any-client   instead of --client-ca: ask nobody for a certificate\n"
	"  --policy DIR            the folder of the policy\n"
	"  --operator-group GROUP  whose members are operators (default system:masters); may be "
	"repeated\n"
	"  --operator-user USER    who is an operator; may be repeated\n"
	"  --audit-log FILE        append a line of JSON per decision; - is standard output\n"
	"  --shutdown-delay SEC    serve on so long after SIGTERM (default 5)\n"
	"  --threads N             threads that judge (default: one per core)\n"
	"  --print-webhooks        print the WebhookConfigurations for kubectl apply, and leave\n"
	"  --service NS/NAME[:PORT] their Service (default kubelb/kubelb-manager:443)\n"
	"  --url URL               or the guard's https://host:port\n"
	"  --ca-bundle FILE        who signed the serving certificate, PEM\n"
	"  -v, --verbose           log more\n"
	"  -h, --help              this text\n";

enum {
	OPTION_WEBHOOKS_ONLY = 256,
	OPTION_WEBHOOK_ADDRESS,
	OPTION_TLS_CERT,
	OPTION_TLS_KEY,
	OPTION_CLIENT_CA,
	OPTION_CLIENT_NAME,
	OPTION_INSECURE_ANY_CLIENT,
	OPTION_POLICY,
	OPTION_OPERATOR_GROUP,
	OPTION_OPERATOR_USER,
	OPTION_AUDIT_LOG,
	OPTION_SHUTDOWN_DELAY,
	OPTION_THREADS,
	OPTION_PRINT_WEBHOOKS,
	OPTION_SERVICE,
	OPTION_URL,
	OPTION_CA_BUNDLE,
};

static const struct option long_options[] = {
	{ "webhooks-only", no_argument, NULL, OPTION_WEBHOOKS_ONLY },
	{ "webhook-address", required_argument, NULL, OPTION_WEBHOOK_ADDRESS },
	{ "tls-cert", required_argument, NULL, OPTION_TLS_CERT },
	{ "tls-key", required_argument, NULL, OPTION_TLS_KEY },
	{ "client-ca", required_argument, NULL, OPTION_CLIENT_CA },
	{ "client-name", required_argument, NULL, OPTION_CLIENT_NAME },
	{ "insecure-any-client", no_argument, NULL, OPTION_INSECURE_ANY_CLIENT },
	{ "policy", required_argument, NULL, OPTION_POLICY },
	{ "operator-group", required_argument, NULL, OPTION_OPERATOR_GROUP },
	{ "operator-user", required_argument, NULL, OPTION_OPERATOR_USER },
	{ "audit-log", required_argument, NULL, OPTION_AUDIT_LOG },
	{ "shutdown-delay", required_argument, NULL, OPTION_SHUTDOWN_DELAY },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "print-webhooks", no_argument, NULL, OPTION_PRINT_WEBHOOKS },
	{ "service", required_argument, NULL, OPTION_SERVICE },
	{ "url", required_argument, NULL, OPTION_URL },
	{ "ca-bundle", required_argument, NULL, OPTION_CA_BUNDLE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int usage_error(const char *what, const char *value)
{
	fprintf(stderr, "kubelb manager: %s%s\n\n%s", what, value ? value : "", usage_text);
	return EXIT_UNUSABLE;
}

static int add_name(const char **list, const char *name)
{
	size_t count = 0;

	while (list[count])
		count++;
	if (count == MANAGER_NAMES_MAX)
		return usage_error("too many of one option: ", name);
	if (!*name)
		return usage_error("an empty name", NULL);
	list[count] = name;
	return 0;
}

static int parse_number(const char *value, int max, const char *wanted, int *ret)
{
	int64_t number;

	if (!str_to_number(value, 0, max, &number))
		return usage_error(wanted, value);
	*ret = (int)number;
	return 0;
}

/* Options that are a text and no more. */
static const char **text_of(struct manager_options *options, int option)
{
	switch (option) {
	case OPTION_WEBHOOK_ADDRESS:
		return &options->webhook_address;
	case OPTION_TLS_CERT:
		return &options->certificate_file;
	case OPTION_TLS_KEY:
		return &options->key_file;
	case OPTION_CLIENT_CA:
		return &options->client_ca_file;
	case OPTION_POLICY:
		return &options->policy;
	case OPTION_SERVICE:
		return &options->service;
	case OPTION_URL:
		return &options->url;
	case OPTION_CA_BUNDLE:
		return &options->ca_bundle_file;
	case OPTION_AUDIT_LOG:
		return &options->audit_log;
	default:
		return NULL;
	}
}

static int parse_option(struct manager_options *options, int option, const char *value)
{
	const char **text = text_of(options, option);

	if (text) {
		*text = value;
		return 0;
	}
	switch (option) {
	case OPTION_WEBHOOKS_ONLY:
		options->webhooks_only = true;
		return 0;
	case OPTION_PRINT_WEBHOOKS:
		options->print_webhooks = true;
		return 0;
	case OPTION_INSECURE_ANY_CLIENT:
		options->insecure_any_client = true;
		return 0;
	case OPTION_CLIENT_NAME:
		return add_name(options->client_names, value);
	case OPTION_OPERATOR_GROUP:
		return add_name(options->operator_groups, value);
	case OPTION_OPERATOR_USER:
		return add_name(options->operator_users, value);
	case OPTION_SHUTDOWN_DELAY:
		return parse_number(value, 3600, "--shutdown-delay takes 0 to 3600 seconds, not ",
				    &options->shutdown_delay_s);
	case OPTION_THREADS:
		return parse_number(value, 256, "--threads takes 0 to 256, not ",
				    &options->threads);
	case 'v':
		log_set_level(LOG_DEBUG);
		return 0;
	default:
		fputs(usage_text, stderr);
		return EXIT_UNUSABLE;
	}
}

/* What no option is wrong in by itself; 0, or the exit status. */
static int check_options(const struct manager_options *options, int arguments)
{
	if (arguments)
		return usage_error("takes options alone", NULL);
	if (options->print_webhooks)
		return options->url && options->service
			       ? usage_error("takes one of --url and --service", NULL)
			       : 0;
	if (options->url || options->service || options->ca_bundle_file)
		return usage_error("--url, --service and --ca-bundle go with --print-webhooks",
				   NULL);
	if (!options->webhooks_only)
		return usage_error("only --webhooks-only can be run so far: the form that talks to "
				   "a cluster is not there yet",
				   NULL);
	if (!options->webhook_address)
		return usage_error("needs --webhook-address", NULL);
	if (!options->certificate_file || !options->key_file)
		return usage_error("needs --tls-cert and --tls-key", NULL);
	if (!options->policy)
		return usage_error("needs --policy", NULL);
	if (!options->client_ca_file == !options->insecure_any_client)
		return usage_error("needs one of --client-ca and --insecure-any-client", NULL);
	if (options->insecure_any_client && options->client_names[0])
		return usage_error("--client-name goes with --client-ca", NULL);
	return 0;
}

bool manager_options_parse(int argc, char **argv, struct manager_options *ret, int *ret_status)
{
	struct manager_options options = { .shutdown_delay_s = SHUTDOWN_DELAY_S };
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "vh", long_options, NULL)) != -1) {
		if (option == 'h') {
			fputs(usage_text, stdout);
			*ret_status = EXIT_CLEAN;
			return false;
		}
		*ret_status = parse_option(&options, option, optarg);
		if (*ret_status)
			return false;
	}
	*ret_status = check_options(&options, argc - optind);
	if (*ret_status)
		return false;
	if (!options.operator_groups[0])
		options.operator_groups[0] = "system:masters";
	*ret = options;
	return true;
}
