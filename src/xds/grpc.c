/* SPDX-License-Identifier: Apache-2.0 */
/* The gRPC server and its connections: from an accepted socket to the last byte. */
#include "xds/grpc.h"

#include <event2/bufferevent_ssl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "net/tls.h"
#include "xds/grpc_internal.h"

static void connection_wake_senders(struct grpc_connection *connection)
{
	struct grpc_stream *stream;

	LIST_FOREACH(stream, &connection->streams, link)
	grpc_stream_wake_sender(stream);
}

/* Moves what HTTP/2 has ready to the socket; the connection is gone where that was the last. */
static void connection_flush(struct grpc_connection *connection)
{
	struct evbuffer *output = bufferevent_get_output(connection->socket);
	const uint8_t *bytes;
	ssize_t length = 1;

	while (length > 0 && evbuffer_get_length(output) < GRPC_OUTPUT_MAX) {
		length = nghttp2_session_mem_send(connection->session, &bytes);
		if (length > 0 && bufferevent_write(connection->socket, bytes, (size_t)length) < 0)
			memory_exhausted();
	}
	if (length < 0)
		memory_exhausted();
	connection_wake_senders(connection);
	if (!nghttp2_session_want_read(connection->session) &&
	    !nghttp2_session_want_write(connection->session) && evbuffer_get_length(output) == 0)
		grpc_connection_free(connection);
}

static void on_flush(int fd, short what, void *context)
{
	struct grpc_connection *connection = context;

	(void)fd;
	(void)what;
	if (connection->session)
		connection_flush(connection);
}

void grpc_connection_wake(struct grpc_connection *connection)
{
	event_active(connection->flush, EV_TIMEOUT, 0);
}

static void on_readable(struct bufferevent *socket, void *context)
{
	struct grpc_connection *connection = context;
	struct evbuffer *input = bufferevent_get_input(socket);
	size_t length;

	while ((length = evbuffer_get_contiguous_space(input))) {
		if (!grpc_session_receive(connection, evbuffer_pullup(input, (ssize_t)length),
					  length)) {
			grpc_connection_free(connection);
			return;
		}
		evbuffer_drain(input, length);
	}
	connection_flush(connection);
}

static void on_writable(struct bufferevent *socket, void *context)
{
	struct grpc_connection *connection = context;

	(void)socket;
	if (connection->session)
		connection_flush(connection);
}

/* A peer without a name must not pass for one on the Unix socket, whose name is NULL. */
static bool connection_identify(struct grpc_connection *connection)
{
	if (!connection->ssl)
		return true;
	connection->peer = tls_peer_uri(connection->ssl);
	if (!connection->peer)
		log_warning("xds: refused a client whose certificate has no single URI name");
	return connection->peer;
}

static void connection_begin(struct grpc_connection *connection)
{
	if (!connection_identify(connection)) {
		grpc_connection_free(connection);
		return;
	}
	grpc_session_new(connection);
	grpc_connection_wake(connection);
}

static void on_event(struct bufferevent *socket, short what, void *context)
{
	struct grpc_connection *connection = context;
	const char *reason;
	unsigned long code;

	if (what & BEV_EVENT_CONNECTED) {
		connection_begin(connection);
		return;
	}
	while ((code = bufferevent_get_openssl_error(socket)))
		if ((reason = ERR_reason_error_string(code)))
			log_warning("xds: TLS: %s", reason);
	grpc_connection_free(connection);
}

static void on_deadline(int fd, short what, void *context)
{
	(void)fd;
	(void)what;
	log_warning("xds: closed a connection that made no request in time");
	grpc_connection_free(context);
}

static struct bufferevent *socket_new(struct grpc_server *server, int fd, SSL *ssl)
{
	int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;
	struct bufferevent *socket;

	if (!ssl)
		socket = bufferevent_socket_new(server->base, fd, options);
	else
		socket = bufferevent_openssl_socket_new(server->base, fd, ssl,
							BUFFEREVENT_SSL_ACCEPTING, options);
	if (!socket)
		memory_exhausted();
	if (ssl)
		bufferevent_openssl_set_allow_dirty_shutdown(socket, 1);
	return socket;
}

/* A peer that vanished without a word is noticed within about a minute. */
static void socket_keep_alive(int fd)
{
	static const int one = 1, idle_s = 30, interval_s = 10, count = 3, unsent_ms = 60000;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unsent_ms, sizeof(unsent_ms));
}

static void connection_watch(struct grpc_connection *connection)
{
	static const struct timeval opening = { .tv_sec = GRPC_OPENING_S };
	struct event_base *base = connection->server->base;

	connection->flush = event_new(base, -1, 0, on_flush, connection);
	connection->deadline = event_new(base, -1, 0, on_deadline, connection);
	if (!connection->flush || !connection->deadline ||
	    event_add(connection->deadline, &opening) < 0)
		memory_exhausted();
	bufferevent_setcb(connection->socket, on_readable, on_writable, on_event, connection);
	bufferevent_setwatermark(connection->socket, EV_WRITE, GRPC_OUTPUT_MAX / 4, 0);
	bufferevent_enable(connection->socket, EV_READ | EV_WRITE);
}

void grpc_connection_new(struct grpc_server *server, int fd, SSL_CTX *context)
{
	struct grpc_connection *connection;

	if (server->connection_count == GRPC_CONNECTIONS_MAX) {
		log_warning("xds: refused a connection: there are %d", GRPC_CONNECTIONS_MAX);
		close(fd);
		return;
	}
	connection = memory_new(1, sizeof(*connection));
	connection->server = server;
	if (context) {
		connection->ssl = SSL_new(context);
		if (!connection->ssl)
			memory_exhausted();
		socket_keep_alive(fd);
	}
	connection->socket = socket_new(server, fd, connection->ssl);
	connection_watch(connection);
	LIST_INSERT_HEAD(&server->connections, connection, link);
	server->connection_count++;
	if (!context)
		connection_begin(connection);
}

void grpc_connection_free(struct grpc_connection *connection)
{
	while (!LIST_EMPTY(&connection->streams))
		grpc_stream_free(LIST_FIRST(&connection->streams));
	LIST_REMOVE(connection, link);
	connection->server->connection_count--;
	nghttp2_session_del(connection->session);
	event_free(connection->flush);
	event_free(connection->deadline);
	bufferevent_free(connection->socket);
	free(connection->peer);
	free(connection);
}

/* No loop runs any more: straight to the socket, as far as it takes it. */
static bool connection_write_now(struct grpc_connection *connection, const void *bytes,
				 size_t length)
{
	int fd = bufferevent_getfd(connection->socket);

	if (!length)
		return true;
	if (connection->ssl)
		return SSL_write(connection->ssl, bytes, (int)length) == (int)length;
	return send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

static void connection_goodbye(struct grpc_connection *connection)
{
	struct evbuffer *output = bufferevent_get_output(connection->socket);
	const uint8_t *bytes;
	ssize_t length;

	if (!connection->session || !connection_write_now(connection, evbuffer_pullup(output, -1),
							  evbuffer_get_length(output)))
		return;
	nghttp2_session_terminate_session(connection->session, NGHTTP2_NO_ERROR);
	while ((length = nghttp2_session_mem_send(connection->session, &bytes)) > 0)
		if (!connection_write_now(connection, bytes, (size_t)length))
			return;
	if (connection->ssl)
		SSL_shutdown(connection->ssl);
}

struct grpc_server *grpc_server_new(struct event_base *base, const struct grpc_handlers *handlers)
{
	struct grpc_server *server = memory_new(1, sizeof(*server));

	server->base = base;
	server->handlers = *handlers;
	return server;
}

void grpc_server_free(struct grpc_server *server)
{
	if (!server)
		return;
	while (!LIST_EMPTY(&server->listeners))
		grpc_listener_free(LIST_FIRST(&server->listeners));
	while (!LIST_EMPTY(&server->connections)) {
		connection_goodbye(LIST_FIRST(&server->connections));
		grpc_connection_free(LIST_FIRST(&server->connections));
	}
	free(server);
}
