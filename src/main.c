/* SPDX-License-Identifier: Apache-2.0 */
/* The table of subcommands. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd/cmd.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "run", cmd_run, "serve a folder of YAML through Envoy, without a cluster" },
	{ "manager", cmd_manager,
	  "the guard: an admission webhook for what tenants write to the hub" },
	{ "check", cmd_check, "judge manifests offline by the same rules" },
};

static void usage(FILE *out)
{
	fputs("usage: kubelb COMMAND [OPTIONS] ...\n\n", out);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\n`kubelb COMMAND --help` explains a command; `kubelb --version` says which this "
	      "is.\n",
	      out);
}

/* Whoever starts us with a standard stream closed must not find a report in one of our files. */
static void open_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	open_standard_streams();
	if (str_equal(name, "--version") || str_equal(name, "version")) {
		puts("kubelb " VERSION_TEXT);
		return EXIT_CLEAN;
	}
	if (str_equal(name, "--help") || str_equal(name, "-h") || str_equal(name, "help")) {
		usage(stdout);
		return EXIT_CLEAN;
	}
	for (size_t i = 0; name && i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(name, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (name)
		fprintf(stderr, "kubelb: no command '%s'\n\n", name);
	usage(stderr);
	return EXIT_UNUSABLE;
}
