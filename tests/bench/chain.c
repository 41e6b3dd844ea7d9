/* SPDX-License-Identifier: Apache-2.0 */
/* What one review costs the chain alone, without a network: `chain REVIEW TIMES` prints CPU time per
 * review, for a validating and for a mutating webhook. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "admission/admission.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "webhooks/webhooks.h"

enum { REVIEW_MAX = 7 << 20 };

static double cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void run(const struct admission_config *config, const struct buf *body, unsigned times)
{
	double start = cpu_us();
	struct error err;
	bool allowed = true;

	for (unsigned i = 0; i < times; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(buf_done) struct buf reply = { 0 };
		struct admission_outcome outcome;

		if (admission_serve(config, KIND_UNKNOWN, body->data, body->len, arena, &reply,
				    &outcome, &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			exit(EXIT_FAILURE);
		}
		allowed &= outcome.allowed;
	}
	printf("%-8s %9.2f us%s\n", config->without_patch ? "validate" : "mutate",
	       (cpu_us() - start) / times, allowed ? "" : " (refused)");
}

int main(int argc, char **argv)
{
	CLEANUP(buf_free) struct buf *body = NULL;
	struct admission_config config = { .handlers = webhooks };
	const struct policy_options options = { 0 };
	struct policy *policy = NULL;
	struct error err;
	int64_t times;

	if (argc != 3 || !str_to_number(argv[2], 1, 1000000000, &times)) {
		fputs("usage: chain REVIEW TIMES\n", stderr);
		return 2;
	}
	if (file_read(argv[1], REVIEW_MAX, &body, &err) < 0 ||
	    policy_new(&options, &policy, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return EXIT_FAILURE;
	}
	config.policy = policy;
	for (int mutate = 0; mutate < 2; mutate++) {
		config.without_patch = !mutate;
		run(&config, body, (unsigned)times);
	}
	policy_unref(policy);
	return EXIT_SUCCESS;
}
