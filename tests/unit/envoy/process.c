/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that cannot be started. What a real Envoy does is in tests/envoy/process.c. */
#include "envoy/process.h"

#include <event2/event.h>
#include <string.h>

#include "tests/unit/suite.h"

static void refused(const char *program, const char *folder, const char *expected)
{
	struct event_base *base = event_base_new();
	struct envoy_process_options options = { .program = program, .folder = folder };
	struct envoy_process *process = NULL;
	struct error err;

	ck_assert_int_lt(envoy_process_new(base, &options, &process, &err), 0);
	ck_assert_ptr_null(process);
	ck_assert_str_eq(err.text, expected);
	event_base_free(base);
}

START_TEST(new_missing_program_refused)
{
	refused("/nonexistent/envoy", "/",
		"cannot start '/nonexistent/envoy': No such file or directory");
	refused("no-such-envoy", "/", "cannot start 'no-such-envoy': No such file or directory");
	refused("./no-such-envoy", "/",
		"cannot start './no-such-envoy': No such file or directory");
}
END_TEST

START_TEST(new_not_executable_refused)
{
	refused("/etc/passwd", "/", "cannot start '/etc/passwd': Permission denied");
	refused("/", "/", "cannot start '/': Permission denied");
}
END_TEST

SUITE(envoy_process, new_missing_program_refused, new_not_executable_refused)
