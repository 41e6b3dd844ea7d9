/* SPDX-License-Identifier: Apache-2.0 */
/* Runs every unit test suite. CK_RUN_SUITE=json_yaml picks one. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/suite.h"

static SRunner *runner;

void suites_add(Suite *suite)
{
	if (runner)
		srunner_add_suite(runner, suite);
	else
		runner = srunner_create(suite);
}

int main(void)
{
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
