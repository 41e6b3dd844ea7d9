/* SPDX-License-Identifier: Apache-2.0 */
/* Is a port free? */
#include "net/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/address.h"

static socklen_t socket_address(const struct address *address, uint16_t port,
				struct sockaddr_storage *ret)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;

	memset(ret, 0, sizeof(*ret));
	if (address->v6) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		memcpy(&v6->sin6_addr, address->bytes, 16);
		return sizeof(*v6);
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons(port);
	memcpy(&v4->sin_addr, address->bytes + 12, 4);
	return sizeof(*v4);
}

int port_probe(const char *address, uint16_t port, bool udp, struct error *err)
{
	const char *protocol = udp ? "UDP" : "TCP";
	struct sockaddr_storage storage;
	struct address parsed;
	socklen_t length;
	int fd, r = 0, one = 1;

	if (!address_parse(address, &parsed))
		return error_set(err, ERROR_INVALID, "'%s' is no IP address", address);
	length = socket_address(&parsed, port, &storage);
	fd = socket(storage.ss_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(err, errno, "socket");
	/* Of TCP this lets pass what is left of closed connections; of UDP it would share the port. */
	if (!udp)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&storage, length) < 0)
		r = errno == EADDRINUSE
			    ? error_set(err, ERROR_BUSY, "%s port %u of %s is in use", protocol,
					port, address)
			    : error_errno(err, errno, "%s port %u of %s", protocol, port, address);
	close(fd);
	return r;
}
