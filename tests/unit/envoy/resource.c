/* SPDX-License-Identifier: Apache-2.0 */
#include "envoy/resource.h"

#include "tests/unit/suite.h"

START_TEST(new_same_bytes_same_version)
{
	CLEANUP(resource_unref) struct resource *a = NULL;
	CLEANUP(resource_unref) struct resource *b = NULL;
	CLEANUP(resource_unref) struct resource *c = NULL;

	a = resource_new(RESOURCE_CLUSTER, "one", "\0bytes", 6);
	b = resource_new(RESOURCE_ROUTES, "two", "\0bytes", 6);
	c = resource_new(RESOURCE_CLUSTER, "one", "\0byte", 5);
	ck_assert_str_eq(a->version, b->version);
	ck_assert_str_ne(a->version, c->version);
	ck_assert_uint_eq(strlen(a->version), 16);
	ck_assert_str_eq(a->name, "one");
	ck_assert_mem_eq(a->bytes, "\0bytes", 6);
}
END_TEST

START_TEST(new_empty_message_has_version)
{
	CLEANUP(resource_unref) struct resource *empty = NULL;

	empty = resource_new(RESOURCE_ENDPOINTS, "e", NULL, 0);
	ck_assert_uint_eq(empty->size, 0);
	ck_assert_uint_eq(strlen(empty->version), 16);
}
END_TEST

START_TEST(ref_second_reference_outlives_first)
{
	struct resource *first = resource_new(RESOURCE_SECRET, "s", "x", 1);
	CLEANUP(resource_unref) struct resource *second = resource_ref(first);

	resource_unref(first);
	ck_assert_str_eq(second->name, "s");
}
END_TEST

SUITE(envoy_resource, new_same_bytes_same_version, new_empty_message_has_version,
      ref_second_reference_outlives_first)
