/* SPDX-License-Identifier: Apache-2.0 */
/* Accepts connections on a thread of its own and hands each to the worker with the fewest; so the
 * ceiling on connections is one for all, and running out of descriptors is ours to answer. The same
 * thread watches the deadlines. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"
#include "http/server_internal.h"
#include "http/thread.h"

/* How often deadlines are looked at, and how many connections are taken between two looks. */
#define TICK_MS 100
#define BATCH 64

/* "HOST:PORT" in place; the host is "" for every address of the machine. */
static int address_split(char *text, char **ret_host, char **ret_port, struct error *err)
{
	char *colon = strrchr(text, ':');
	int64_t port;

	if (!colon || !str_to_number(colon + 1, 0, 65535, &port))
		return error_set(err, ERROR_INVALID, "'%s' is not HOST:PORT", text);
	*colon = '\0';
	*ret_port = colon + 1;
	*ret_host = text;
	if (text[0] == '[' && str_has_suffix(text, "]")) {
		text[strlen(text) - 1] = '\0';
		*ret_host = text + 1;
	} else if (strchr(text, ':')) {
		return error_set(err, ERROR_INVALID, "an IPv6 address needs brackets: [%s]", text);
	}
	return 0;
}

/* On success the socket, otherwise -errno. */
static int socket_listen(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1, off = 0, r;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

static int address_listen(const char *host, const char *port, struct error *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
	struct addrinfo *list = NULL, *address;
	int r, fd = -EADDRNOTAVAIL;

	/* With no host, the IPv6 socket takes IPv4 as well. */
	hints.ai_family = *host ? AF_UNSPEC : AF_INET6;
	r = getaddrinfo(*host ? host : NULL, port, &hints, &list);
	if (r != 0)
		return error_set(err, ERROR_IO, "'%s': %s", host, gai_strerror(r));
	for (address = list; address && fd < 0; address = address->ai_next)
		fd = socket_listen(address);
	freeaddrinfo(list);
	if (fd == -EAFNOSUPPORT && !*host)
		return address_listen("0.0.0.0", port, err);
	if (fd == -EADDRINUSE)
		return error_set(err, ERROR_BUSY, "port %s of '%s' is in use", port, host);
	if (fd < 0)
		return error_errno(err, -fd, "cannot listen on port %s of '%s'", port, host);
	return fd;
}

static unsigned socket_port(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		return 0;
	if (address.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static struct worker *worker_least(struct http_server *server)
{
	struct worker *least = &server->workers[0];

	for (unsigned i = 1; i < server->options.threads; i++)
		if (atomic_load(&server->workers[i].connections) < atomic_load(&least->connections))
			least = &server->workers[i];
	return least;
}

static void connection_take(struct http_server *server, int fd, const struct sockaddr *address,
			    socklen_t length)
{
	struct worker *worker = worker_least(server);

	if (atomic_load(&server->connections_open) >= server->options.connections_max) {
		refusal_note(&server->refusals, HTTP_REFUSED_CONNECTIONS, address, "");
		close(fd);
		return;
	}
	atomic_fetch_add(&server->connections, 1);
	atomic_fetch_add(&server->connections_open, 1);
	atomic_fetch_add(&worker->connections, 1);
	if (MHD_add_connection(worker->daemon, fd, address, length) == MHD_YES)
		return;
	atomic_fetch_sub(&server->connections_open, 1);
	atomic_fetch_sub(&worker->connections, 1);
}

static int spare_open(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Out of descriptors: what waits is taken with the spare one and closed, so that the client learns
 * of it and this thread does not spin. */
static void connection_shed(struct http_server *server)
{
	int fd;

	if (server->spare_fd >= 0)
		close(server->spare_fd);
	fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0) {
		refusal_note(&server->refusals, HTTP_REFUSED_CONNECTIONS, NULL,
			     "no descriptor is left");
		close(fd);
	}
	server->spare_fd = spare_open();
	if (server->spare_fd < 0)
		usleep(TICK_MS * 1000);
}

/* False: none waits, or none can be taken now. */
static bool connection_accept(struct http_server *server)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	int fd = accept4(server->listen_fd, (struct sockaddr *)&address, &length,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		connection_take(server, fd, (struct sockaddr *)&address, length);
		return true;
	}
	if (errno == EINTR || errno == ECONNABORTED)
		return true;
	if (errno == EMFILE || errno == ENFILE)
		connection_shed(server);
	else if (errno != EAGAIN)
		usleep(TICK_MS * 1000);
	return false;
}

static void *listener_main(void *context)
{
	struct http_server *server = context;
	struct pollfd fds[2] = { { .fd = server->wake_fd, .events = POLLIN },
				 { .fd = server->listen_fd, .events = POLLIN } };
	eventfd_t ignored;

	while (!atomic_load(&server->stopping)) {
		poll(fds, 2, atomic_load(&server->connections_open) > 0 ? TICK_MS : 10 * TICK_MS);
		if (fds[0].revents)
			eventfd_read(server->wake_fd, &ignored);
		for (int i = 0; fds[1].revents && i < BATCH && connection_accept(server); i++)
			;
		if (atomic_load(&server->draining) && fds[1].fd >= 0) {
			while (connection_accept(server))
				;
			close(server->listen_fd);
			server->listen_fd = fds[1].fd = -1;
		}
		connections_watch(server);
	}
	return NULL;
}

int listener_start(struct http_server *server, struct error *err)
{
	CLEANUP(free) char *address = memory_strdup(server->options.address);
	char *host = NULL, *port = NULL;
	int r;

	r = address_split(address, &host, &port, err);
	if (r >= 0)
		r = address_listen(host, port, err);
	if (r < 0)
		return r;
	server->listen_fd = r;
	server->port = socket_port(r);
	server->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	server->spare_fd = spare_open();
	if (server->wake_fd < 0 || server->spare_fd < 0)
		return error_errno(err, errno, "no descriptor is left");
	r = thread_start(&server->acceptor, listener_main, server, err);
	server->accepting = r >= 0;
	return r;
}

void listener_close(struct http_server *server)
{
	atomic_store(&server->draining, true);
	if (server->wake_fd >= 0)
		eventfd_write(server->wake_fd, 1);
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void listener_stop(struct http_server *server)
{
	atomic_store(&server->stopping, true);
	if (server->accepting) {
		eventfd_write(server->wake_fd, 1);
		pthread_join(server->acceptor, NULL);
		server->accepting = false;
	}
	fd_close(&server->listen_fd);
	fd_close(&server->wake_fd);
	fd_close(&server->spare_fd);
}
