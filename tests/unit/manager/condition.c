/* SPDX-License-Identifier: Apache-2.0 */
#include "manager/condition.h"

#include "tests/unit/suite.h"

static const char *const listener =
	"{\"listeners\": [{\"name\": \"web\", \"conditions\": ["
	"{\"type\": \"Accepted\", \"status\": \"True\", \"reason\": \"Accepted\"},"
	"{\"type\": \"Programmed\", \"status\": \"True\", \"reason\": \"Programmed\"}]}]}";

static const json_t *programmed(const json_t *status)
{
	return json_array_get(
		json_object_get(json_array_get(json_object_get(status, "listeners"), 0),
				"conditions"),
		1);
}

START_TEST(programmed_only_after_answer)
{
	CLEANUP(json_decref) json_t *translated = json_of(listener);
	struct object_outcome outcome = { .status = translated, .state = OBJECT_PENDING };
	CLEANUP(json_decref) json_t *pending = status_now(&outcome, NULL, "T1");
	CLEANUP(json_decref) json_t *serving = NULL;
	CLEANUP(json_decref) json_t *again = NULL;

	ck_assert_str_eq(json_text(programmed(pending), "status"), "False");
	ck_assert_str_eq(json_text(programmed(pending), "reason"), "Pending");
	outcome.state = OBJECT_SERVING;
	serving = status_now(&outcome, pending, "T2");
	ck_assert_str_eq(json_text(programmed(serving), "status"), "True");
	ck_assert_str_eq(json_text(programmed(serving), "lastTransitionTime"), "T2");
	/* Nothing changes, so neither does the time; the translation is not touched. */
	again = status_now(&outcome, serving, "T3");
	ck_assert(json_equal(again, serving));
	ck_assert_ptr_null(json_text(programmed(translated), "lastTransitionTime"));
}
END_TEST

START_TEST(programmed_refused_envoys_words)
{
	CLEANUP(json_decref) json_t *translated = json_of(listener);
	struct object_outcome outcome = { .status = translated,
					  .state = OBJECT_REJECTED,
					  .reason = "cannot bind" };
	CLEANUP(json_decref) json_t *status = status_now(&outcome, NULL, "T1");

	ck_assert_str_eq(json_text(programmed(status), "reason"), "Invalid");
	ck_assert_str_eq(json_text(programmed(status), "message"), "cannot bind");
}
END_TEST

SUITE(manager_condition, programmed_only_after_answer, programmed_refused_envoys_words)
