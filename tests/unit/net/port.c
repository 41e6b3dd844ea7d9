/* SPDX-License-Identifier: Apache-2.0 */
#include "net/port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/suite.h"

/* Takes a port that the kernel chooses. */
static int take_port(int type, uint16_t *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, type, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (type == SOCK_STREAM)
		ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static void check_taken_then_free(int type, bool udp, const char *expected)
{
	struct error err;
	uint16_t port;
	int fd = take_port(type, &port);

	ck_assert_int_eq(port_probe("127.0.0.1", port, udp, &err), -ERROR_BUSY);
	ck_assert_ptr_nonnull(strstr(err.text, expected));
	close(fd);
	ck_assert_int_eq(port_probe("127.0.0.1", port, udp, &err), 0);
}

START_TEST(probe_tcp_taken_then_free)
{
	check_taken_then_free(SOCK_STREAM, false, "TCP port");
}
END_TEST

START_TEST(probe_udp_taken_then_free)
{
	check_taken_then_free(SOCK_DGRAM, true, "UDP port");
}
END_TEST

START_TEST(probe_no_address_refused)
{
	struct error err;

	ck_assert_int_eq(port_probe("localhost", 1, false, &err), -ERROR_INVALID);
	ck_assert_int_eq(port_probe("192.0.2.1", 1, true, &err), -ERROR_IO);
}
END_TEST

SUITE(net_port, probe_tcp_taken_then_free, probe_udp_taken_then_free, probe_no_address_refused)
