/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that leave signals to the thread that waits for them, and the clock they go by. */
#pragma once

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"

/* No signal is delivered to this thread, nor to those it starts, until the mask is put back. */
void thread_block_signals(sigset_t *ret_old);
void thread_restore_signals(const sigset_t *old);

int thread_start(pthread_t *ret, void *(*run)(void *context), void *context, struct error *err);

/* CLOCK_MONOTONIC. */
static inline uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
