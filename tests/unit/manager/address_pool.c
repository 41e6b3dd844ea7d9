/* SPDX-License-Identifier: Apache-2.0 */
#include "manager/address_pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "tests/unit/suite.h"

static struct ledger *empty_ledger(void)
{
	struct ledger *ledger;

	ck_assert_int_eq(ledger_open("/nonexistent/state.json", &ledger, NULL), 0);
	return ledger;
}

static struct address_pool *pool_of(const char *text)
{
	struct address_pool *pool;
	struct error err;

	ck_assert_msg(address_pool_new(text, &pool, &err) == 0, "%s", err.text);
	return pool;
}

START_TEST(assign_same_owner_same_address)
{
	CLEANUP(address_pool_free) struct address_pool *pool = pool_of("127.64.0.0/16");
	CLEANUP(ledger_free) struct ledger *one = empty_ledger();
	CLEANUP(ledger_free) struct ledger *other = empty_ledger();

	/* The other ledger starts over and has an owner more: the hash alone decides. */
	address_pool_assign(pool, other, "somebody else");
	ck_assert_str_eq(address_pool_assign(pool, one, "lb/a/b"),
			 address_pool_assign(pool, other, "lb/a/b"));
	ck_assert_ptr_eq(address_pool_assign(pool, one, "lb/a/b"),
			 address_pool_assign(pool, one, "lb/a/b"));
}
END_TEST

START_TEST(assign_until_empty_all_different_then_null)
{
	CLEANUP(address_pool_free)
	struct address_pool *pool = pool_of("10.0.0.1-10.0.0.3,10.0.1.9");
	CLEANUP(ledger_free) struct ledger *ledger = empty_ledger();
	const char *owners[] = { "a", "b", "c", "d" };

	for (int i = 0; i < 4; i++) {
		const char *address = address_pool_assign(pool, ledger, owners[i]);

		ck_assert_ptr_nonnull(address);
		ck_assert_str_eq(ledger_owner(ledger, address), owners[i]);
	}
	ck_assert_ptr_null(address_pool_assign(pool, ledger, "e"));
	ledger_release(ledger, "b");
	ck_assert_ptr_nonnull(address_pool_assign(pool, ledger, "e"));
}
END_TEST

START_TEST(assign_after_pool_moved_new_address)
{
	CLEANUP(address_pool_free) struct address_pool *before = pool_of("10.0.0.1");
	CLEANUP(address_pool_free) struct address_pool *after = pool_of("10.9.9.9");
	CLEANUP(ledger_free) struct ledger *ledger = empty_ledger();

	ck_assert_str_eq(address_pool_assign(before, ledger, "a"), "10.0.0.1");
	ck_assert_str_eq(address_pool_assign(after, ledger, "a"), "10.9.9.9");
}
END_TEST

START_TEST(new_bad_text_refused)
{
	static const char *const bad[] = { "",
					   "x",
					   "10.0.0.0/33",
					   "10.0.0.9-10.0.0.1",
					   "10.0.0.1-",
					   "10.0.0.1-::1",
					   "10.0.0.1,",
					   "10.0.0.01" };
	struct address_pool *pool;
	struct error err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(address_pool_new(bad[i], &pool, &err) < 0, "%s", bad[i]);
}
END_TEST

START_TEST(networks_of_range_cover_exactly_it)
{
	CLEANUP(address_pool_free) struct address_pool *pool = pool_of("10.0.0.5-10.0.0.10");

	ck_assert_str_eq(address_pool_network(pool, 0), "10.0.0.5/32");
	ck_assert_str_eq(address_pool_network(pool, 1), "10.0.0.6/31");
	ck_assert_str_eq(address_pool_network(pool, 2), "10.0.0.8/31");
	ck_assert_str_eq(address_pool_network(pool, 3), "10.0.0.10/32");
	ck_assert_ptr_null(address_pool_network(pool, 4));
}
END_TEST

SUITE(manager_address_pool, assign_same_owner_same_address,
      assign_until_empty_all_different_then_null, assign_after_pool_moved_new_address,
      new_bad_text_refused, networks_of_range_cover_exactly_it)
