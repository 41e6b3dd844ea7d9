/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands: each takes its own arguments, argv[0] being its name, and returns the exit status. */
#pragma once

int cmd_check(int argc, char **argv);
int cmd_manager(int argc, char **argv);
int cmd_run(int argc, char **argv);

/* Exit statuses. */
enum { EXIT_CLEAN = 0, EXIT_REFUSED = 1, EXIT_UNUSABLE = 2 };
