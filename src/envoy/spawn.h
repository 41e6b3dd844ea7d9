/* SPDX-License-Identifier: Apache-2.0 */
/* Starts a program that dies with the thread that started it. */
#pragma once

#include <sys/types.h>

#include "base/error.h"

struct child {
	pid_t pid;
	int pidfd;  /* readable once the program has ended; then waitpid() does not block */
	int output; /* its stdout and stderr, non-blocking */
};

/* Starts argv[0] (looked for in PATH when it holds no '/') with argv in a working folder, in a process
 * group of its own, with no open file but those three. That it cannot be executed is known at return.
 * The calling thread has to live as long as the program should: its end kills it. */
int spawn(const char *folder, char *const argv[], struct child *ret, struct error *err);
