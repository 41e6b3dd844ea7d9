/* SPDX-License-Identifier: Apache-2.0 */
#include "manager/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/suite.h"

static char folder[] = "/tmp/kubelb-ledger.XXXXXX";
static char path[64];

static void make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/state.json", folder);
}

static void remove_folder(void)
{
	unlink(path);
	rmdir(folder);
}

START_TEST(save_and_open_all_kept)
{
	struct ledger *ledger;
	struct error err;

	make_folder();
	ck_assert_int_eq(ledger_open(path, &ledger, &err), 0);
	ledger_assign(ledger, "lb/a", "10.0.0.1");
	ck_assert_int_eq(ledger_age(ledger, "routes/a/b", 42), 42);
	ck_assert_int_eq(ledger_age(ledger, "routes/a/c", 43), 43);
	ledger_forget(ledger, "routes/a/c");
	ck_assert_int_eq(ledger_save(ledger, &err), 0);
	ledger_free(ledger);

	ck_assert_int_eq(ledger_open(path, &ledger, &err), 0);
	ck_assert_str_eq(ledger_address(ledger, "lb/a"), "10.0.0.1");
	ck_assert_str_eq(ledger_owner(ledger, "10.0.0.1"), "lb/a");
	ck_assert_int_eq(ledger_age(ledger, "routes/a/b", 99), 42);
	ck_assert_int_eq(ledger_age(ledger, "routes/a/c", 99), 99);
	ledger_free(ledger);
	remove_folder();
}
END_TEST

START_TEST(open_damaged_refused_and_kept)
{
	static const char damaged[] = "{\"addresses\": {";
	CLEANUP(buf_free) struct buf *text = NULL;
	struct ledger *ledger;
	struct error err;

	make_folder();
	ck_assert_int_eq(file_write(path, damaged, strlen(damaged), 0600, &err), 0);
	ck_assert_int_lt(ledger_open(path, &ledger, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.text, "move it away"));
	ck_assert_int_eq(file_read(path, 1000, &text, &err), 0);
	ck_assert_str_eq(buf_text(text), damaged);
	remove_folder();
}
END_TEST

static bool is_kept(void *context, const char *owner)
{
	return strcmp(owner, context) == 0;
}

START_TEST(release_unless_kept_others_free)
{
	char kept[] = "lb/kept";
	struct ledger *ledger;
	struct error err;

	make_folder();
	ck_assert_int_eq(ledger_open(path, &ledger, &err), 0);
	ledger_assign(ledger, kept, "10.0.0.1");
	ledger_assign(ledger, "lb/gone", "10.0.0.2");
	ck_assert_uint_eq(ledger_release_unless(ledger, is_kept, kept), 1);
	ck_assert_str_eq(ledger_address(ledger, kept), "10.0.0.1");
	ck_assert_ptr_null(ledger_owner(ledger, "10.0.0.2"));
	ck_assert_uint_eq(ledger_release_unless(ledger, is_kept, kept), 0);
	ledger_free(ledger);
	remove_folder();
}
END_TEST

START_TEST(forget_unused_asked_for_kept)
{
	struct ledger *ledger;
	struct error err;

	make_folder();
	ck_assert_int_eq(ledger_open(path, &ledger, &err), 0);
	ledger_age(ledger, "routes/a/here", 42);
	ledger_age(ledger, "routes/a/gone", 42);
	ck_assert_int_eq(ledger_save(ledger, &err), 0);
	ledger_free(ledger);

	ck_assert_int_eq(ledger_open(path, &ledger, &err), 0);
	ck_assert_int_eq(ledger_age(ledger, "routes/a/here", 99), 42);
	ledger_forget_unused(ledger);
	ck_assert_int_eq(ledger_age(ledger, "routes/a/here", 99), 42);
	ck_assert_int_eq(ledger_age(ledger, "routes/a/gone", 99), 99);
	ledger_free(ledger);
	remove_folder();
}
END_TEST

SUITE(manager_ledger, save_and_open_all_kept, open_damaged_refused_and_kept,
      release_unless_kept_others_free, forget_unused_asked_for_kept)
