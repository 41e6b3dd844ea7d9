/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <string.h>

#include "base/buf.h"
#include "tests/unit/suite.h"
#include "json/read.h"

static struct object *make(enum kind kind, const char *namespace, const char *name, int64_t age)
{
	CLEANUP(json_decref)
	json_t *json =
		json_pack("{s:{s:s*, s:s}}", "metadata", "namespace", namespace, "name", name);

	return object_new(kind, json, age);
}

static void put(struct store *store, enum kind kind, const char *namespace, const char *name)
{
	CLEANUP(object_unref) struct object *object = make(kind, namespace, name, 1);

	store_put(store, object);
}

static void note(void *context, struct object *object)
{
	buf_printf(context, "%d:%s/%s ", (int)object->kind, object->namespace, object->name);
}

START_TEST(object_json_round_trip_same)
{
	CLEANUP(object_unref) struct object *object = make(KIND_ROUTE, "tenant-a", "r", 7);
	CLEANUP(json_decref) json_t *json = object_json(object);

	ck_assert_str_eq(object->namespace, "tenant-a");
	ck_assert_str_eq(object->name, "r");
	ck_assert_int_eq(object->age, 7);
	ck_assert_uint_eq(strlen(object->text), object->length);
	ck_assert_str_eq(json_string_value(json_at(json, "metadata", "name", NULL)), "r");
}
END_TEST

START_TEST(object_without_namespace_empty)
{
	CLEANUP(object_unref) struct object *object = make(KIND_TENANT, NULL, "a", 1);

	ck_assert_str_eq(object->namespace, "");
}
END_TEST

START_TEST(put_same_identity_replaced)
{
	CLEANUP(store_free) struct store *store = store_new();
	CLEANUP(object_unref) struct object *first = make(KIND_ROUTE, "tenant-a", "r", 1);
	CLEANUP(object_unref) struct object *second = make(KIND_ROUTE, "tenant-a", "r", 2);

	store_put(store, first);
	store_put(store, second);
	ck_assert_uint_eq(store_count(store), 1);
	ck_assert_ptr_eq(store_get(store, KIND_ROUTE, "tenant-a", "r"), second);
	ck_assert_int_eq(first->references, 1);
	ck_assert_int_eq(second->references, 2);
}
END_TEST

START_TEST(get_other_kind_namespace_or_name_none)
{
	CLEANUP(store_free) struct store *store = store_new();

	put(store, KIND_ROUTE, "tenant-a", "r");
	ck_assert_ptr_null(store_get(store, KIND_LOAD_BALANCER, "tenant-a", "r"));
	ck_assert_ptr_null(store_get(store, KIND_ROUTE, "tenant-b", "r"));
	ck_assert_ptr_null(store_get(store, KIND_ROUTE, "tenant-a", "rr"));
	ck_assert_ptr_null(store_get(store, KIND_ROUTE, "tenant-a", ""));
}
END_TEST

START_TEST(remove_once_gone)
{
	CLEANUP(store_free) struct store *store = store_new();

	put(store, KIND_ROUTE, "tenant-a", "r");
	ck_assert(!store_remove(store, KIND_ROUTE, "tenant-a", "s"));
	ck_assert(store_remove(store, KIND_ROUTE, "tenant-a", "r"));
	ck_assert(!store_remove(store, KIND_ROUTE, "tenant-a", "r"));
	ck_assert_uint_eq(store_count(store), 0);
}
END_TEST

START_TEST(visit_any_order_of_puts_sorted)
{
	CLEANUP(store_free) struct store *store = store_new();
	CLEANUP(buf_free) struct buf *seen = buf_new(0);

	put(store, KIND_ADDRESSES, "tenant-a", "x");
	put(store, KIND_ROUTE, "tenant-b", "a");
	put(store, KIND_ROUTE, "tenant-a", "b");
	put(store, KIND_ROUTE, "tenant-a", "a");
	store_visit(store, NULL, KIND_UNKNOWN, note, seen);
	ck_assert_str_eq(buf_text(seen), "2:tenant-a/a 2:tenant-b/a 2:tenant-a/b 3:tenant-a/x ");
	buf_clear(seen);
	store_visit(store, "tenant-a", KIND_ROUTE, note, seen);
	ck_assert_str_eq(buf_text(seen), "2:tenant-a/a 2:tenant-a/b ");
	buf_clear(seen);
	store_visit(store, "tenant-c", KIND_UNKNOWN, note, seen);
	ck_assert_str_eq(buf_text(seen), "");
}
END_TEST

SUITE(store_store, object_json_round_trip_same, object_without_namespace_empty,
      put_same_identity_replaced, get_other_kind_namespace_or_name_none, remove_once_gone,
      visit_any_order_of_puts_sorted)
