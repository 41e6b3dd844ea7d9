/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that leave signals to the thread that waits for them. */
#include "http/thread.h"

void thread_block_signals(sigset_t *ret_old)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, ret_old);
}

void thread_restore_signals(const sigset_t *old)
{
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

int thread_start(pthread_t *ret, void *(*run)(void *context), void *context, struct error *err)
{
	sigset_t old;
	int r;

	thread_block_signals(&old);
	r = pthread_create(ret, NULL, run, context);
	thread_restore_signals(&old);
	if (r != 0)
		return error_errno(err, r, "cannot start a thread");
	return 0;
}
