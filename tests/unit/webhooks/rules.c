/* SPDX-License-Identifier: Apache-2.0 */
#include "admission/admission.h"

#include "tests/unit/suite.h"

START_TEST(rules_ids_unique)
{
	for (const struct rule_info *a = admission_rules; a->id; a++)
		for (const struct rule_info *b = admission_rules; b != a; b++)
			ck_assert_str_ne(a->id, b->id);
}
END_TEST

SUITE(webhooks_rules, rules_ids_unique)
