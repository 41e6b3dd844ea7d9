/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address.h"

#include <string.h>

#include "tests/unit/suite.h"

/* text NULL: refused. */
static const struct {
	const char *input, *text;
} readings[] = {
	{ "10.0.0.1", "10.0.0.1" },
	{ "0.0.0.0", "0.0.0.0" },
	{ "255.255.255.255", "255.255.255.255" },
	{ "::", "::" },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
	{ "::ffff:10.0.0.1", "::ffff:10.0.0.1" },
	{ NULL, NULL },
	{ "", NULL },
	{ " 10.0.0.1", NULL },
	{ "10.0.0.1 ", NULL },
	{ "10.0.0.01", NULL },
	{ "127.1", NULL },
	{ "0x7f.1", NULL },
	{ "017700000001", NULL },
	{ "2130706433", NULL },
	{ "256.0.0.1", NULL },
	{ "10.0.0", NULL },
	{ "fe80::1%lo", NULL },
	{ "[::1]", NULL },
	{ "1::2::3", NULL },
	{ "localhost", NULL },
};

START_TEST(parse_any_text_canonical_or_refused)
{
	struct address address;
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(readings) / sizeof(*readings); i++) {
		ck_assert_msg(address_parse(readings[i].input, &address) == !!readings[i].text,
			      "%s", readings[i].input);
		if (!readings[i].text)
			continue;
		address_text(&address, text);
		ck_assert_str_eq(text, readings[i].text);
	}
}
END_TEST

static struct address parsed(const char *text)
{
	struct address address;

	ck_assert_msg(address_parse(text, &address), "%s", text);
	return address;
}

static const struct {
	const char *input, *text;
} unmappings[] = {
	{ "::ffff:127.0.0.1", "127.0.0.1" },
	{ "64:ff9b::7f00:1", "127.0.0.1" },
	{ "::127.0.0.1", "127.0.0.1" },
	{ "2002:7f00:1::5", "127.0.0.1" },
	{ "::1", "::1" },
	{ "::", "::" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "10.0.0.1", "10.0.0.1" },
	{ "64:ff9b:1::1", "64:ff9b:1::1" },
};

START_TEST(unmap_v4_inside_v6_taken_out)
{
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(unmappings) / sizeof(*unmappings); i++) {
		struct address address = parsed(unmappings[i].input);

		address = address_unmap(&address);
		address_text(&address, text);
		ck_assert_str_eq(text, unmappings[i].text);
	}
}
END_TEST

/* sum NULL: past the end. */
static const struct {
	const char *address;
	uint64_t offset;
	const char *sum;
} sums[] = {
	{ "10.0.0.255", 1, "10.0.1.0" },
	{ "0.0.0.0", UINT32_MAX, "255.255.255.255" },
	{ "0.0.0.1", UINT32_MAX, NULL },
	{ "255.255.255.255", 1, NULL },
	{ "10.0.0.0", UINT64_C(1) << 32, NULL },
	{ "::ffff:ffff:ffff:ffff", 1, "0:0:0:1::" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, NULL },
	{ "2001:db8::", 0, "2001:db8::" },
};

START_TEST(add_carries_and_stops_at_the_end)
{
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++) {
		struct address address = parsed(sums[i].address);

		ck_assert_int_eq(address_add(&address, sums[i].offset, &address), !!sums[i].sum);
		address_text(&address, text);
		ck_assert_str_eq(text, sums[i].sum ? sums[i].sum : sums[i].address);
	}
}
END_TEST

static const struct {
	const char *a, *b;
	bool is_above;
	uint64_t distance;
} distances[] = {
	{ "10.0.0.0", "10.0.1.0", true, 256 },
	{ "10.0.0.0", "10.0.0.0", true, 0 },
	{ "10.0.0.1", "10.0.0.0", false, 0 },
	{ "0.0.0.0", "255.255.255.255", true, UINT32_MAX },
	{ "10.0.0.0", "::a00:1", false, 0 },
	{ "2001:db8::", "2001:db8::7fff:ffff:ffff:ffff", true, INT64_MAX },
	{ "2001:db8::", "2001:db8::8000:0:0:0", false, 0 },
	{ "2001:db8::", "2001:db8:0:1::", false, 0 },
};

START_TEST(distance_only_upwards_and_within_reach)
{
	for (size_t i = 0; i < sizeof(distances) / sizeof(*distances); i++) {
		struct address a = parsed(distances[i].a), b = parsed(distances[i].b);
		uint64_t distance;

		ck_assert_msg(address_distance(&a, &b, &distance) == distances[i].is_above, "%s %s",
			      distances[i].a, distances[i].b);
		if (distances[i].is_above)
			ck_assert_uint_eq(distance, distances[i].distance);
	}
}
END_TEST

/* text NULL: refused. */
static const struct {
	const char *input, *text;
	unsigned prefix;
} networks[] = {
	{ "10.1.2.3/8", "10.0.0.0", 8 },
	{ "10.1.2.3", "10.1.2.3", 32 },
	{ "10.1.2.3/0", "0.0.0.0", 0 },
	{ "10.1.2.255/25", "10.1.2.128", 25 },
	{ "2001:db8:ffff::/33", "2001:db8:8000::", 33 },
	{ "::1", "::1", 128 },
	{ "ffff::/0", "::", 0 },
	{ "10.0.0.0/33", NULL, 0 },
	{ "::/129", NULL, 0 },
	{ "10.0.0.0/", NULL, 0 },
	{ "10.0.0.0/-1", NULL, 0 },
	{ "10.0.0.0/8 ", NULL, 0 },
	{ "10.0.0.0/8/8", NULL, 0 },
	{ "/8", NULL, 0 },
	{ "", NULL, 0 },
	{ NULL, NULL, 0 },
};

START_TEST(network_any_text_masked_or_refused)
{
	struct network network;
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(networks) / sizeof(*networks); i++) {
		ck_assert_msg(network_parse(networks[i].input, &network) == !!networks[i].text,
			      "%s", networks[i].input);
		if (!networks[i].text)
			continue;
		address_text(&network.address, text);
		ck_assert_str_eq(text, networks[i].text);
		ck_assert_uint_eq(network.prefix, networks[i].prefix);
	}
}
END_TEST

static const struct {
	const char *outer, *inner;
	bool is_within;
} pairs[] = {
	{ "10.0.0.0/8", "10.255.255.255", true },
	{ "10.0.0.0/8", "11.0.0.0", false },
	{ "10.0.0.0/8", "10.0.0.0/8", true },
	{ "10.0.0.0/8", "10.0.0.0/7", false },
	{ "10.0.0.128/25", "10.0.0.127", false },
	{ "0.0.0.0/0", "255.255.255.255", true },
	{ "0.0.0.0/0", "::", false },
	{ "::/0", "10.0.0.1", false },
	{ "2001:db8::/33", "2001:db8:8000::", false },
	{ "2001:db8::/33", "2001:db8:7fff::/48", true },
};

START_TEST(within_every_address_counts)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct network outer, inner;

		ck_assert(network_parse(pairs[i].outer, &outer));
		ck_assert(network_parse(pairs[i].inner, &inner));
		ck_assert_msg(network_within(&inner, &outer) == pairs[i].is_within, "%s %s",
			      pairs[i].outer, pairs[i].inner);
	}
}
END_TEST

/* class NULL: ordinary. */
static const struct {
	const char *address, *class;
} classes[] = {
	{ "127.0.0.1", "loopback" },
	{ "127.255.255.255", "loopback" },
	{ "::1", "loopback" },
	{ "::ffff:127.0.0.1", "loopback" },
	{ "64:ff9b::7f00:1", "loopback" },
	{ "2002:7f00:1::", "loopback" },
	{ "169.254.1.1", "link-local" },
	{ "fe80::1", "link-local" },
	{ "febf::1", "link-local" },
	{ "169.254.169.254", "metadata" },
	{ "::ffff:169.254.169.254", "metadata" },
	{ "fd00:ec2::254", "metadata" },
	{ "224.0.0.1", "multicast" },
	{ "239.255.255.255", "multicast" },
	{ "ff02::1", "multicast" },
	{ "0.0.0.0", "unspecified" },
	{ "0.1.2.3", "unspecified" },
	{ "::", "unspecified" },
	{ "255.255.255.255", "broadcast" },
	{ "10.0.0.1", NULL },
	{ "168.119.189.211", NULL },
	{ "126.255.255.255", NULL },
	{ "128.0.0.0", NULL },
	{ "fec0::1", NULL },
	{ "2001:db8::1", NULL },
};

START_TEST(class_reserved_named)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		struct address address = parsed(classes[i].address);
		const char *class = address_class(&address);

		ck_assert_msg(!class == !classes[i].class, "%s", classes[i].address);
		if (class)
			ck_assert_str_eq(class, classes[i].class);
	}
}
END_TEST

/* host NULL: refused. */
static const struct {
	const char *text, *host;
	uint16_t port;
} host_ports[] = {
	{ "127.0.0.1:9000", "127.0.0.1", 9000 },
	{ "[::1]:9000", "::1", 9000 },
	{ "localhost:1", "localhost", 1 },
	{ "localhost", NULL, 0 },
	{ ":9000", NULL, 0 },
	{ "[]:9000", NULL, 0 },
	{ "::1:9000", NULL, 0 },
	{ "localhost:", NULL, 0 },
	{ "localhost:0", NULL, 0 },
	{ "localhost:65536", NULL, 0 },
	{ "localhost:80x", NULL, 0 },
};

START_TEST(host_port_any_text_split_or_refused)
{
	for (size_t i = 0; i < sizeof(host_ports) / sizeof(*host_ports); i++) {
		struct host_port parts;
		bool ok = host_port_parse(host_ports[i].text, &parts);

		ck_assert_msg(ok == (host_ports[i].host != NULL), "%s", host_ports[i].text);
		if (!ok)
			continue;
		ck_assert_str_eq(parts.host, host_ports[i].host);
		ck_assert_uint_eq(parts.port, host_ports[i].port);
	}
}
END_TEST

SUITE(net_address, parse_any_text_canonical_or_refused, unmap_v4_inside_v6_taken_out,
      add_carries_and_stops_at_the_end, distance_only_upwards_and_within_reach,
      network_any_text_masked_or_refused, within_every_address_counts, class_reserved_named,
      host_port_any_text_split_or_refused)
