/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: its phase, its deadline, its client. libmicrohttpd's own timeout counts inactivity,
 * so that a byte a second lives for ever; these deadlines are absolute. */
#include "http/connection.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utlist.h>

#include "base/memory.h"
#include "http/server_internal.h"
#include "http/thread.h"

#define MS_NS 1000000u
/* How long a connection may rest between two requests: longer than Go's clients keep one. */
#define IDLE_NS (300 * 1000 * (uint64_t)MS_NS)
/* While draining: long enough for a request that is on its way. */
#define IDLE_DRAINING_NS (1000 * (uint64_t)MS_NS)

static void phase_enter(struct connection *connection, enum phase phase, uint64_t deadline_ns)
{
	atomic_store_explicit(&connection->deadline_ns, deadline_ns, memory_order_relaxed);
	atomic_store_explicit(&connection->phase, (int)phase, memory_order_relaxed);
}

static uint64_t header_ns(const struct connection *connection)
{
	return connection->server->options.header_timeout_ms * (uint64_t)MS_NS;
}

/* Who has shown no certificate that counts does not rest as long as who has. */
static void phase_enter_idle(struct connection *connection)
{
	bool known = !connection->server->options.client_ca_file ||
		     connection->client.standing == CLIENT_VERIFIED;

	connection->started_ns = 0;
	phase_enter(connection, PHASE_IDLE,
		    monotonic_ns() + (known ? IDLE_NS : header_ns(connection)));
}

/* GnuTLS reads through this: the one place that sees a request's first byte. */
static ssize_t connection_pull(gnutls_transport_ptr_t context, void *bytes, size_t size)
{
	struct connection *connection = context;
	ssize_t n = recv(connection->fd, bytes, size, 0);

	if (n <= 0)
		return n;
	connection->spoke = true;
	if (atomic_load_explicit(&connection->phase, memory_order_relaxed) == PHASE_IDLE) {
		connection->started_ns = monotonic_ns();
		phase_enter(connection, PHASE_HEADER,
			    connection->started_ns + header_ns(connection));
	}
	return n;
}

static int connection_pull_timeout(gnutls_transport_ptr_t context, unsigned timeout_ms)
{
	struct connection *connection = context;

	return gnutls_system_recv_timeout((gnutls_transport_ptr_t)(intptr_t)connection->fd,
					  timeout_ms);
}

static void client_check(struct connection *connection, gnutls_session_t session)
{
	const struct http_options *options = &connection->server->options;
	CLEANUP(client_ca_unref) struct client_ca *ca = NULL;

	ca = keeper_client_ca(connection->server->keeper, &connection->client.generation);
	if (ca)
		client_verify(session, ca, options->client_names, &connection->client);
}

/* The last message of the client's: its certificate is there, and no request yet. */
static int handshake_finished(gnutls_session_t session, unsigned type, unsigned when,
			      unsigned incoming, const gnutls_datum_t *message)
{
	gnutls_transport_ptr_t receive, send;
	struct connection *connection;

	(void)type;
	(void)when;
	(void)message;
	if (!incoming)
		return 0;
	gnutls_transport_get_ptr2(session, &receive, &send);
	connection = receive;
	client_check(connection, session);
	phase_enter_idle(connection);
	return 0;
}

static gnutls_session_t connection_session(struct MHD_Connection *http)
{
	return MHD_get_connection_info(http, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
}

/* Gives the session the pair and the questions of this moment; libmicrohttpd's own credentials, the
 * same for as long as it runs, are never used. */
static void session_prepare(struct connection *connection, gnutls_session_t session)
{
	struct http_server *server = connection->server;

	connection->pair = keeper_pair(server->keeper);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, connection->pair->credentials);
	gnutls_transport_set_ptr2(session, connection,
				  (gnutls_transport_ptr_t)(intptr_t)connection->fd);
	gnutls_transport_set_pull_function(session, connection_pull);
	gnutls_transport_set_pull_timeout_function(session, connection_pull_timeout);
	gnutls_handshake_set_max_packet_length(session, 64 * 1024);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_FINISHED, GNUTLS_HOOK_POST,
					   handshake_finished);
	if (!server->options.client_ca_file)
		return;
	gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
	/* A client that is told the authorities' names keeps back a certificate of any other, and
	 * could not be told why it is refused. */
	gnutls_certificate_send_x509_rdn_sequence(session, 1);
}

static void connection_open(struct worker *worker, struct MHD_Connection *http, void **context)
{
	struct http_server *server = worker->server;
	struct connection *connection = memory_new(1, sizeof(*connection));
	const struct sockaddr *address =
		MHD_get_connection_info(http, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;

	connection->server = server;
	connection->fd =
		MHD_get_connection_info(http, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	connection->body.max = server->options.body_max;
	memcpy(&connection->address, address,
	       address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					      : sizeof(struct sockaddr_in));
	if (server->keeper) {
		phase_enter(connection, PHASE_HANDSHAKE, monotonic_ns() + header_ns(connection));
		session_prepare(connection, connection_session(http));
	} else {
		phase_enter_idle(connection);
	}
	*context = connection;
	pthread_mutex_lock(&server->lock);
	DL_APPEND(server->list, connection);
	pthread_mutex_unlock(&server->lock);
}

static void note_failure(struct connection *connection)
{
	const struct sockaddr *address = (const struct sockaddr *)&connection->address;
	struct refusals *refusals = &connection->server->refusals;

	if (atomic_load(&connection->overdue))
		refusal_note(refusals, HTTP_REFUSED_DEADLINE, address, "");
	else if (atomic_load(&connection->phase) == PHASE_HANDSHAKE && connection->spoke)
		refusal_note(refusals, HTTP_REFUSED_HANDSHAKE, address, "");
}

/* The session is gone by now, the socket is still open: the pair may go, and whoever watches
 * deadlines never sees a number that is somebody else's. */
static void connection_close(struct worker *worker, struct connection *connection)
{
	struct http_server *server = worker->server;

	note_failure(connection);
	pthread_mutex_lock(&server->lock);
	DL_DELETE(server->list, connection);
	atomic_fetch_sub(&worker->connections, 1);
	if (atomic_fetch_sub(&server->connections_open, 1) == 1)
		pthread_cond_broadcast(&server->emptied);
	pthread_mutex_unlock(&server->lock);
	key_pair_unref(connection->pair);
	buf_done(&connection->body);
	free(connection);
}

void connection_notify(void *context, struct MHD_Connection *http, void **socket_context,
		       enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		connection_open(context, http, socket_context);
	else if (*socket_context)
		connection_close(context, take(*socket_context));
}

void connection_begin_request(struct connection *connection)
{
	struct http_server *server = connection->server;

	connection->under_way = true;
	/* Its bytes came together with the handshake's end or with the request before. */
	if (connection->started_ns == 0)
		connection->started_ns = monotonic_ns();
	phase_enter(connection, PHASE_REQUEST,
		    connection->started_ns + server->options.request_timeout_ms * (uint64_t)MS_NS);
	atomic_fetch_add_explicit(&server->requests, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&server->requests_in_flight, 1, memory_order_relaxed);
}

void connection_drop_body(struct connection *connection)
{
	if (connection->body.len > 0)
		atomic_fetch_sub(&connection->server->bytes_in_flight, connection->body.len);
	buf_done(&connection->body);
}

void connection_end_request(struct connection *connection)
{
	struct http_server *server = connection->server;

	if (!connection->under_way)
		return;
	connection->under_way = false;
	connection_drop_body(connection);
	connection->route = NULL;
	connection->status = 0;
	atomic_fetch_sub_explicit(&server->requests_in_flight, 1, memory_order_relaxed);
	phase_enter_idle(connection);
}

bool connection_is_trusted(struct connection *connection, struct MHD_Connection *http)
{
	struct client *client = &connection->client;
	const struct http_server *server = connection->server;

	if (!server->options.client_ca_file)
		return true;
	if (client->generation != keeper_generation(server->keeper))
		client_check(connection, connection_session(http));
	if (client->standing == CLIENT_VERIFIED && client->not_after < time(NULL)) {
		client->standing = CLIENT_REFUSED;
		snprintf(client->why, sizeof(client->why), "the certificate has expired");
	}
	return client->standing == CLIENT_VERIFIED;
}

/* Bytes that wait are a request: what idles is closed only while there are none. */
static bool has_bytes(const struct connection *connection)
{
	int bytes = 0;

	return ioctl(connection->fd, FIONREAD, &bytes) == 0 && bytes > 0;
}

static bool idles_too_long(const struct connection *connection, uint64_t now, uint64_t deadline)
{
	if (atomic_load(&connection->server->draining) &&
	    deadline < now + IDLE_NS - IDLE_DRAINING_NS)
		return !has_bytes(connection);
	return now >= deadline && !has_bytes(connection);
}

static void connection_watch(struct connection *connection, uint64_t now)
{
	uint64_t deadline = atomic_load(&connection->deadline_ns);

	if (atomic_load(&connection->overdue))
		return;
	if (atomic_load(&connection->phase) == PHASE_IDLE) {
		if (idles_too_long(connection, now, deadline))
			shutdown(connection->fd, SHUT_RDWR);
		return;
	}
	if (now < deadline)
		return;
	atomic_store(&connection->overdue, true);
	shutdown(connection->fd, SHUT_RDWR);
}

void connections_watch(struct http_server *server)
{
	uint64_t now = monotonic_ns();
	struct connection *connection;

	pthread_mutex_lock(&server->lock);
	DL_FOREACH(server->list, connection)
	connection_watch(connection, now);
	pthread_mutex_unlock(&server->lock);
}
