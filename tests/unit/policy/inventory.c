/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/inventory.h"

#include <stdio.h>

#include "api/kind.h"
#include "base/arena.h"
#include "tests/unit/suite.h"

#define HEAD(kind, namespace, name)                                   \
	"{\"apiVersion\":\"kubelb.k8c.io/v1alpha1\",\"kind\":\"" kind \
	"\",\"metadata\":{\"namespace\":\"" namespace "\",\"name\":\"" name "\""
#define BORN(day) ",\"creationTimestamp\":\"2026-01-" day "T00:00:00Z\""
#define LB(namespace, name, born, host)       \
	HEAD("LoadBalancer", namespace, name) \
	born "},\"spec\":{\"hostname\":\"" host "\",\"ports\":[{\"port\":80},{\"port\":81}]}}"
#define SECRET(namespace, name)                                              \
	HEAD("SyncSecret", namespace, name)                                  \
	",\"labels\":{\"kubelb.k8c.io/origin-ns\":\"shop\",\"kubelb.k8c.io/" \
	"origin-name\":\"tls\"}}}"

static struct inventory *inventory_of(const char *const *texts)
{
	struct inventory *inventory;
	json_t *objects[16] = { 0 };
	size_t count = 0;

	for (; texts[count]; count++)
		ck_assert_ptr_nonnull(objects[count] = json_loads(texts[count], 0, NULL));
	inventory = inventory_new(objects, count);
	while (count)
		json_decref(objects[--count]);
	return inventory;
}

START_TEST(host_of_two_tenants_belongs_to_the_older)
{
	CLEANUP(inventory_unref)
	struct inventory *inventory = inventory_of(
		(const char *const[]){ LB("tenant-b", "x", BORN("02"), "shop.example"),
				       LB("tenant-a", "x", BORN("01"), "shop.example"), NULL });

	ck_assert(!inventory_host_taken(inventory, "tenant-a", "shop.example"));
	ck_assert(inventory_host_taken(inventory, "tenant-b", "Shop.Example."));
	ck_assert(inventory_host_taken(inventory, "tenant-c", "*.example"));
	ck_assert(!inventory_host_taken(inventory, "tenant-c", "a.shop.example"));
	ck_assert(!inventory_host_taken(inventory, "tenant-c", "*"));
	ck_assert(!inventory_host_taken(inventory, "tenant-c", ""));
}
END_TEST

START_TEST(host_under_own_older_wildcard_stays_own)
{
	CLEANUP(inventory_unref)
	struct inventory *inventory = inventory_of(
		(const char *const[]){ LB("tenant-a", "x", BORN("01"), "*.example"),
				       LB("tenant-b", "x", BORN("02"), "shop.example"), NULL });

	ck_assert(!inventory_host_taken(inventory, "tenant-a", "shop.example"));
	ck_assert(!inventory_host_taken(inventory, "tenant-a", "*.example"));
	ck_assert(inventory_host_taken(inventory, "tenant-b", "shop.example"));
	ck_assert(inventory_host_taken(inventory, "tenant-b", "other.example"));
}
END_TEST

START_TEST(host_of_one_without_time_is_oldest)
{
	CLEANUP(inventory_unref)
	struct inventory *inventory = inventory_of(
		(const char *const[]){ LB("tenant-a", "x", BORN("01"), "shop.example"),
				       LB("tenant-b", "x", "", "shop.example"), NULL });

	ck_assert(inventory_host_taken(inventory, "tenant-a", "shop.example"));
	ck_assert(!inventory_host_taken(inventory, "tenant-b", "shop.example"));
}
END_TEST

START_TEST(usage_counts_each_object_once_and_by_tenant)
{
	CLEANUP(inventory_unref)
	struct inventory *inventory = inventory_of((const char *const[]){
		LB("tenant-a", "x", "", ""), LB("tenant-a", "x", "", ""),
		LB("tenant-a", "y", "", ""), LB("tenant-b", "x", "", ""), SECRET("tenant-a", "x"),
		HEAD("Tenant", "", "a") "}}", "{\"kind\":\"Pod\"}", "[]", NULL });
	struct inventory_usage usage =
		inventory_usage(inventory, "tenant-a", KIND_LOAD_BALANCER, "x");

	ck_assert_uint_eq(usage.own.objects, 1);
	ck_assert_uint_eq(usage.own.ports, 2);
	ck_assert_uint_eq(usage.others.objects, 2);
	ck_assert_uint_eq(usage.others.load_balancers, 1);
	ck_assert_uint_eq(usage.others.ports, 2);
	usage = inventory_usage(inventory, "tenant-c", KIND_LOAD_BALANCER, "x");
	ck_assert_uint_eq(usage.own.objects + usage.others.objects, 0);
}
END_TEST

START_TEST(origin_taken_by_another_name_only)
{
	CLEANUP(inventory_unref)
	struct inventory *inventory = inventory_of((const char *const[]){
		SECRET("tenant-a", "x"), SECRET("tenant-b", "x"), SECRET("tenant-b", "y"), NULL });

	ck_assert(!inventory_origin_taken(inventory, "tenant-a", "x", "shop", "tls"));
	ck_assert(inventory_origin_taken(inventory, "tenant-a", "y", "shop", "tls"));
	ck_assert(!inventory_origin_taken(inventory, "tenant-a", "y", "shop", "other"));
	ck_assert(inventory_origin_taken(inventory, "tenant-b", "x", "shop", "tls"));
	ck_assert(!inventory_origin_taken(inventory, "tenant-c", "x", "shop", "tls"));
	ck_assert(inventory_has(inventory, "tenant-a", KIND_SYNC_SECRET, "x"));
	ck_assert(!inventory_has(inventory, "tenant-a", KIND_LOAD_BALANCER, "x"));
}
END_TEST

SUITE(policy_inventory, host_of_two_tenants_belongs_to_the_older,
      host_under_own_older_wildcard_stays_own, host_of_one_without_time_is_oldest,
      usage_counts_each_object_once_and_by_tenant, origin_taken_by_another_name_only)
