/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of `kubelb run`. */
#include "cmd/run_options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>

#include "base/log.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "net/address.h"

#define POOL_DEFAULT "127.64.0.0/16"

static const char usage_text[] =
	"usage: kubelb run [OPTIONS] DIR\n"
	"\n"
	"Serves the objects of a folder through Envoy: DIR/*.yaml is the operator's (Config, "
	"Tenants),\n"
	"DIR/<tenant>/ a tenant's. Every object passes the admission chain; edits are picked up, "
	"and a\n"
	"refused edit leaves the last good object in force.\n"
	"\n"
	"  --once               leave when everything is acknowledged: 0 all serving or ignored,\n"
	"                       1 something refused, conflicted or rejected\n"
	"  -o, --output FORMAT  text (default) or json: JSON Lines on stdout\n"
	"  --state DIR          where addresses and ages are kept (default: below XDG_STATE_HOME)\n"
	"  --address-pool LIST  CIDR, range a-b or list of addresses (default " POOL_DEFAULT ")\n"
	"  --port-offset N      add N to each port, where low ports may not be bound\n"
	"  --envoy PATH         the Envoy to start (default: envoy in PATH)\n"
	"  --no-envoy           start none; the bootstrap for yours is written to the state "
	"folder\n"
	"  --xds-address ADDR   with --no-envoy: serve xDS over mutual TLS on host:port\n"
	"  -v, --verbose        log more\n"
	"  -h, --help           this text\n";

enum {
	OPTION_ONCE = 256,
	OPTION_STATE,
	OPTION_POOL,
	OPTION_OFFSET,
	OPTION_ENVOY,
	OPTION_NO_ENVOY,
	OPTION_XDS
};

static const struct option long_options[] = {
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "output", required_argument, NULL, 'o' },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "address-pool", required_argument, NULL, OPTION_POOL },
	{ "port-offset", required_argument, NULL, OPTION_OFFSET },
	{ "envoy", required_argument, NULL, OPTION_ENVOY },
	{ "no-envoy", no_argument, NULL, OPTION_NO_ENVOY },
	{ "xds-address", required_argument, NULL, OPTION_XDS },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int usage_error(const char *what, const char *value)
{
	fprintf(stderr, "kubelb run: %s%s\n\n%s", what, value ? value : "", usage_text);
	return EXIT_UNUSABLE;
}

static int parse_option(struct run_options *options, int option, const char *value)
{
	int64_t number;

	switch (option) {
	case OPTION_ONCE:
		options->once = true;
		return 0;
	case 'o':
		if (!str_equal(value, "text") && !str_equal(value, "json"))
			return usage_error("-o takes text or json, not ", value);
		options->format = str_equal(value, "json") ? REPORT_JSON : REPORT_TEXT;
		return 0;
	case OPTION_STATE:
		options->state = value;
		return 0;
	case OPTION_POOL:
		options->pool = value;
		return 0;
	case OPTION_OFFSET:
		if (!str_to_number(value, 0, 65534, &number))
			return usage_error("--port-offset takes 0 to 65534, not ", value);
		options->port_offset = (int)number;
		return 0;
	case OPTION_ENVOY:
		options->envoy = value;
		return 0;
	case OPTION_NO_ENVOY:
		options->no_envoy = true;
		return 0;
	case OPTION_XDS:
		options->xds_address = value;
		return 0;
	case 'v':
		log_set_level(LOG_DEBUG);
		return 0;
	default:
		fputs(usage_text, stderr);
		return EXIT_UNUSABLE;
	}
}

/* What no option is wrong in by itself; 0, or the exit status. */
static int check_options(const struct run_options *options, int arguments)
{
	struct host_port parts;

	if (arguments != 1)
		return usage_error("needs exactly one folder", NULL);
	if (options->xds_address && !options->no_envoy)
		return usage_error("--xds-address goes with --no-envoy", NULL);
	if (options->xds_address && !host_port_parse(options->xds_address, &parts))
		return usage_error("--xds-address takes HOST:PORT, not ", options->xds_address);
	return 0;
}

bool run_options_parse(int argc, char **argv, struct run_options *ret, int *ret_status)
{
	struct run_options options = { .pool = POOL_DEFAULT, .envoy = "envoy" };
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "o:vh", long_options, NULL)) != -1) {
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
	options.folder = argv[optind];
	*ret = options;
	return true;
}
