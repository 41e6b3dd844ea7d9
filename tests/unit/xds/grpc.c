/* SPDX-License-Identifier: Apache-2.0 */
#include "xds/grpc.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"
#include "net/tls.h"
#include "tests/unit/net/tls_site.h"
#include "tests/unit/suite.h"
#include "tests/unit/xds/grpc_client.h"

/* The service under test remembers what it was told; what it shall do is set by the test. */
struct service {
	struct event_base *base;
	struct grpc_server *server;
	struct grpc_stream *stream;
	char peer[64];
	size_t messages, bytes;
	unsigned last; /* the last byte of the last message */
	int opened, closed, writable;
	bool echo;
	enum grpc_status end; /* of the stream, at the first message, unless GRPC_OK */
};

static struct service service;

static void *on_open(void *context, struct grpc_stream *stream, const char *path, const char *peer)
{
	struct service *self = context;

	if (!str_equal(path, CLIENT_METHOD))
		return NULL;
	snprintf(self->peer, sizeof(self->peer), "%s", peer ? peer : "nobody");
	self->opened++;
	self->stream = stream;
	return self;
}

static void on_message(void *call, const void *bytes, size_t length)
{
	struct service *self = call;

	self->messages++;
	self->bytes += length;
	self->last = length ? ((const unsigned char *)bytes)[length - 1] : 0;
	if (self->echo)
		ck_assert(grpc_stream_send(self->stream, bytes, length));
	if (self->end != GRPC_OK)
		grpc_stream_end(self->stream, self->end, "50% of \xc3\xa4 message");
}

static void on_writable(void *call)
{
	struct service *self = call;

	self->writable++;
}

static void on_closed(void *call)
{
	struct service *self = call;

	self->closed++;
	self->stream = NULL;
}

static void service_start(void)
{
	const struct grpc_handlers handlers = { on_open, on_message, on_writable, on_closed,
						&service };

	/* As the program does. */
	signal(SIGPIPE, SIG_IGN);
	service = (struct service){ .base = event_base_new() };
	service.server = grpc_server_new(service.base, &handlers);
}

static void service_stop(void)
{
	grpc_server_free(service.server);
	event_base_free(service.base);
}

static bool has_message(const struct grpc_client *client)
{
	(void)client;
	return service.messages > 0;
}

static bool has_closed(const struct grpc_client *client)
{
	(void)client;
	return service.opened && service.closed == service.opened;
}

static bool has_opened(const struct grpc_client *client)
{
	(void)client;
	return service.opened > 0;
}

static void ignore_events(struct bufferevent *socket, short what, void *context)
{
	(void)socket;
	(void)what;
	(void)context;
}

/* One request to a fresh service, and its whole answer. */
static void exchange(struct grpc_client *client, const char *method, const char *path,
		     const char *type)
{
	client_start(client, service.server, NULL, NULL);
	client_request(client, method, path, type);
	client->body_ends = true;
	client_run(client, client_is_closed);
}

START_TEST(message_echoed_arrives)
{
	struct grpc_client client;

	service_start();
	service.echo = true;
	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	client_message(&client, 0, "hello", 5);
	client_message(&client, 0, "", 0);
	client.body_ends = true;
	client_run(&client, client_is_closed);
	ck_assert_uint_eq(service.messages, 2);
	ck_assert_str_eq(service.peer, "nobody");
	ck_assert_uint_eq(client.received.len, 5 + 5 + 5);
	ck_assert_mem_eq(client.received.data, "\0\0\0\0\5hello\0\0\0\0", 15);
	ck_assert_str_eq(client.status, "200");
	ck_assert_str_eq(client.grpc_status, "0");
	ck_assert_int_eq(service.closed, 1);
	client_stop(&client);
	service_stop();
}
END_TEST

START_TEST(message_split_into_bytes_arrives_whole)
{
	static const char bytes[] = "\0\0\0\0\3abc\0\0\0\0\1d";
	struct grpc_client client;

	service_start();
	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
		client_bytes(&client, bytes + i, 1);
		client_flush(&client);
	}
	client.body_ends = true;
	client_bytes(&client, "", 0);
	client_run(&client, client_is_closed);
	ck_assert_uint_eq(service.messages, 2);
	ck_assert_uint_eq(service.bytes, 4);
	ck_assert_uint_eq(service.last, 'd');
	client_stop(&client);
	service_stop();
}
END_TEST

START_TEST(message_of_the_greatest_size_arrives)
{
	CLEANUP(free) char *bytes = memory_new(1, GRPC_MESSAGE_MAX);
	struct grpc_client client;

	bytes[GRPC_MESSAGE_MAX - 1] = 7;
	service_start();
	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	client_message(&client, 0, bytes, GRPC_MESSAGE_MAX);
	client_run(&client, has_message);
	ck_assert_uint_eq(service.bytes, GRPC_MESSAGE_MAX);
	ck_assert_uint_eq(service.last, 7);
	client_stop(&client);
	service_stop();
}
END_TEST

static const struct {
	const char *bytes;
	size_t length;
	const char *status, *message;
} bad_bodies[] = {
	{ "\0\0\x40\0\1", 5, "8", "message is too large" },
	{ "\0\xff\xff\xff\xff", 5, "8", "message is too large" },
	{ "\1\0\0\0\1x", 6, "12", "messages must not be compressed" },
	{ "\2\0\0\0\1x", 6, "3", "malformed message prefix" },
	{ "\0\0\0\0\2x", 6, "3", "the last message is incomplete" },
	{ "\0\0\0", 3, "3", "the last message is incomplete" },
};

START_TEST(body_malformed_ended_with_status)
{
	struct grpc_client client;

	service_start();
	for (size_t i = 0; i < sizeof(bad_bodies) / sizeof(*bad_bodies); i++) {
		client_start(&client, service.server, NULL, NULL);
		client_request(&client, NULL, NULL, NULL);
		client_bytes(&client, bad_bodies[i].bytes, bad_bodies[i].length);
		client.body_ends = true;
		client_run(&client, client_is_closed);
		ck_assert_str_eq(client.grpc_status, bad_bodies[i].status);
		ck_assert_str_eq(client.grpc_message, bad_bodies[i].message);
		client_stop(&client);
	}
	ck_assert_uint_eq(service.messages, 0);
	service_stop();
}
END_TEST

static const struct {
	const char *method, *path, *type, *status, *grpc_status;
} requests[] = {
	{ "POST", CLIENT_METHOD, "application/grpc", "200", "0" },
	{ "POST", CLIENT_METHOD, "application/grpc+proto", "200", "0" },
	{ "POST", CLIENT_METHOD, "application/grpc;x=y", "200", "0" },
	{ "POST", "/test.Service/Other", "application/grpc", "200", "12" },
	{ "GET", CLIENT_METHOD, "application/grpc", "405", "" },
	{ "POST", CLIENT_METHOD, "application/grpc-web", "415", "" },
	{ "POST", CLIENT_METHOD, "application/json", "415", "" },
};

START_TEST(request_answered_by_its_kind)
{
	struct grpc_client client;

	service_start();
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		exchange(&client, requests[i].method, requests[i].path, requests[i].type);
		ck_assert_str_eq(client.status, requests[i].status);
		ck_assert_str_eq(client.grpc_status, requests[i].grpc_status);
		ck_assert_int_eq(client.trailers_only, i >= 3);
		client_stop(&client);
	}
	ck_assert_int_eq(service.opened, 3);
	service_stop();
}
END_TEST

START_TEST(path_very_long_unimplemented)
{
	struct grpc_client client;
	char path[2000];

	memset(path, '/', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	service_start();
	exchange(&client, "POST", path, NULL);
	ck_assert_str_eq(client.grpc_status, "12");
	client_stop(&client);
	service_stop();
}
END_TEST

START_TEST(stream_ended_by_server_closes_half_open_client)
{
	struct grpc_client client;

	service_start();
	service.end = GRPC_PERMISSION_DENIED;
	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	client_message(&client, 0, "a", 1);
	client_message(&client, 0, "b", 1);
	client_run(&client, client_is_closed);
	ck_assert_uint_eq(service.messages, 1);
	ck_assert_int_eq(service.closed, 1);
	ck_assert_str_eq(client.grpc_status, "7");
	ck_assert_str_eq(client.grpc_message, "50%25 of %C3%A4 message");
	ck_assert(!client.gone);
	client_stop(&client);
	service_stop();
}
END_TEST

static bool has_room(const struct grpc_client *client)
{
	(void)client;
	return service.writable > 0;
}

static bool has_all(const struct grpc_client *client)
{
	return client->received.len == service.bytes;
}

START_TEST(reader_slow_sender_waits_and_is_woken)
{
	static const char block[100000];
	struct grpc_client client;
	size_t count = 0;

	service_start();
	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	client_run(&client, has_opened);
	bufferevent_disable(client.socket, EV_READ);
	while (grpc_stream_send(service.stream, block, sizeof(block)))
		count++;
	ck_assert_uint_eq(count, 11);
	for (int i = 0; i < 20; i++)
		event_base_loop(service.base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(service.writable, 0);
	bufferevent_enable(client.socket, EV_READ);
	client_run(&client, has_room);
	ck_assert(grpc_stream_send(service.stream, block, sizeof(block)));
	service.bytes = (count + 1) * (sizeof(block) + 5);
	client_run(&client, has_all);
	ck_assert_int_eq(service.writable, 1);
	client_stop(&client);
	service_stop();
}
END_TEST

START_TEST(connection_lost_with_queue_full_cleaned_up)
{
	static const char block[100000];
	struct grpc_client client;

	service_start();
	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	client_message(&client, 0, block, sizeof(block));
	client_run(&client, has_message);
	client_bytes(&client, "\0\0\1\0\0some", 9);
	client_flush(&client);
	while (grpc_stream_send(service.stream, block, sizeof(block)))
		;
	bufferevent_setcb(client.socket, NULL, NULL, ignore_events, NULL);
	shutdown(bufferevent_getfd(client.socket), SHUT_RDWR);
	client_run(&client, has_closed);
	ck_assert_int_eq(service.closed, 1);
	ck_assert_uint_eq(service.server->connection_count, 0);
	client_stop(&client);
	service_stop();
}
END_TEST

START_TEST(stream_reset_by_client_closed_and_connection_stays)
{
	struct grpc_client client;

	service_start();
	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	client_message(&client, 0, "x", 1);
	client_run(&client, has_message);
	nghttp2_submit_rst_stream(client.session, 0, client.stream, NGHTTP2_CANCEL);
	client_run(&client, has_closed);
	ck_assert_uint_eq(service.server->connection_count, 1);
	client_request(&client, NULL, NULL, NULL);
	service.messages = 0;
	client_message(&client, 0, "x", 1);
	client_run(&client, has_message);
	client_stop(&client);
	service_stop();
	ck_assert_int_eq(service.closed, 2);
}
END_TEST

START_TEST(streams_too_many_refused)
{
	struct grpc_client client;

	service_start();
	client_start(&client, service.server, NULL, NULL);
	/* Before the server's SETTINGS arrive, a client may not know the limit. */
	for (int i = 0; i <= GRPC_STREAMS_MAX; i++)
		client_request(&client, NULL, NULL, NULL);
	client_run(&client, client_is_closed);
	ck_assert_int_eq(service.opened, GRPC_STREAMS_MAX);
	ck_assert_int_eq(service.closed, 0);
	ck_assert(!client.gone);
	client_stop(&client);
	service_stop();
}
END_TEST

START_TEST(bytes_not_http2_connection_closed)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
	struct grpc_client client;

	service_start();
	client_start(&client, service.server, NULL, NULL);
	bufferevent_write(client.socket, request, sizeof(request) - 1);
	client.reading = false;
	client_run(&client, client_is_gone);
	ck_assert_uint_eq(service.server->connection_count, 0);
	client_stop(&client);
	service_stop();
}
END_TEST

START_TEST(connection_without_request_closed_at_deadline)
{
	struct grpc_connection *connection;
	struct grpc_client client;

	service_start();
	client_start(&client, service.server, NULL, NULL);
	connection = LIST_FIRST(&service.server->connections);
	ck_assert(event_pending(connection->deadline, EV_TIMEOUT, NULL));
	event_active(connection->deadline, EV_TIMEOUT, 0);
	client_run(&client, client_is_gone);
	ck_assert_uint_eq(service.server->connection_count, 0);
	client_stop(&client);

	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	client_run(&client, has_opened);
	connection = LIST_FIRST(&service.server->connections);
	ck_assert(!event_pending(connection->deadline, EV_TIMEOUT, NULL));
	client_stop(&client);
	service_stop();
}
END_TEST

START_TEST(address_unusable_told)
{
	static const struct {
		const char *address;
		enum error_code code;
	} cases[] = {
		{ "127.0.0.1", ERROR_INVALID },	      { "127.0.0.1:", ERROR_INVALID },
		{ "::1:9000", ERROR_INVALID },	      { "127.0.0.1:http", ERROR_INVALID },
		{ "[127.0.0.1:9000", ERROR_INVALID },
	};
	struct site site;
	SSL_CTX *context;
	struct error err;

	site_make(&site);
	context = site_server(&site);
	service_start();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_int_eq(
			grpc_server_listen_tls(service.server, cases[i].address, context, &err),
			-(int)cases[i].code);
	service_stop();
	tls_context_free(context);
	site_remove(&site);
}
END_TEST

/* A port that a socket of ours holds already. */
START_TEST(address_in_use_told)
{
	struct sockaddr_in held = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t length = sizeof(held);
	char address[32];
	struct site site;
	SSL_CTX *context;
	struct error err;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&held, length), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&held, &length), 0);
	snprintf(address, sizeof(address), "127.0.0.1:%d", ntohs(held.sin_port));
	site_make(&site);
	context = site_server(&site);
	service_start();
	ck_assert_int_eq(grpc_server_listen_tls(service.server, address, context, &err),
			 -ERROR_BUSY);
	ck_assert_ptr_nonnull(strstr(err.text, "in use"));
	close(fd);
	ck_assert_int_eq(grpc_server_listen_tls(service.server, address, context, &err), 0);
	service_stop();
	tls_context_free(context);
	site_remove(&site);
}
END_TEST

START_TEST(server_freed_goaway_sent_and_streams_closed)
{
	struct grpc_client client;

	service_start();
	client_start(&client, service.server, NULL, NULL);
	client_request(&client, NULL, NULL, NULL);
	client_message(&client, 0, "x", 1);
	client_run(&client, has_message);
	grpc_server_free(take(service.server));
	ck_assert_int_eq(service.closed, 1);
	client_run(&client, client_is_gone);
	ck_assert(client.goaway);
	client_stop(&client);
	service_stop();
}
END_TEST

static bool has_answer(const struct grpc_client *client)
{
	return client->received.len == 5 + 1;
}

static bool has_answer_or_end(const struct grpc_client *client)
{
	return client->gone || has_answer(client);
}

/* One message over TLS; opened and peer tell what became of it. */
static void exchange_over_tls(const struct site *site, const char *const *uris)
{
	CLEANUP(certificate_done)
	struct certificate pair =
		site_issue(&site->authority, CERTIFICATE_CLIENT, time(NULL), uris);
	SSL_CTX *server_context = site_server(site), *context = site_client(site, &pair);
	struct grpc_client client;

	service_start();
	service.echo = true;
	client_start(&client, service.server, server_context, context);
	client_request(&client, NULL, NULL, NULL);
	client_message(&client, 0, "x", 1);
	client_run(&client, has_answer_or_end);
	client_stop(&client);
	service_stop();
	tls_context_free(server_context);
	SSL_CTX_free(context);
}

START_TEST(client_over_tls_known_by_its_uri)
{
	static const char *const uris[] = { "spiffe://kubelb/node/n1", NULL };
	struct site site;

	site_make(&site);
	exchange_over_tls(&site, uris);
	ck_assert_int_eq(service.opened, 1);
	ck_assert_uint_eq(service.messages, 1);
	ck_assert_str_eq(service.peer, uris[0]);
	ck_assert_int_eq(service.closed, 1);
	site_remove(&site);
}
END_TEST

START_TEST(client_over_tls_without_uri_refused)
{
	struct site site;

	site_make(&site);
	exchange_over_tls(&site, NULL);
	ck_assert_int_eq(service.opened, 0);
	site_remove(&site);
}
END_TEST

START_TEST(client_over_tls_without_certificate_refused)
{
	struct site site;
	SSL_CTX *server_context, *context;
	struct grpc_client client;

	site_make(&site);
	service_start();
	server_context = site_server(&site);
	context = site_client(&site, NULL);
	client_start(&client, service.server, server_context, context);
	client_request(&client, NULL, NULL, NULL);
	client_run(&client, client_is_gone);
	ck_assert_int_eq(service.opened, 0);
	ck_assert_uint_eq(service.server->connection_count, 0);
	client_stop(&client);
	service_stop();
	tls_context_free(server_context);
	SSL_CTX_free(context);
	site_remove(&site);
}
END_TEST

struct folder {
	char top[32];
	char deep[256];
	char socket[300];
};

/* A path far longer than a sun_path. */
static void folder_make(struct folder *folder)
{
	snprintf(folder->top, sizeof(folder->top), "/tmp/grpc-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder->top));
	snprintf(folder->deep, sizeof(folder->deep), "%s/%0200d", folder->top, 0);
	ck_assert_int_eq(mkdir(folder->deep, 0700), 0);
	snprintf(folder->socket, sizeof(folder->socket), "%s/xds", folder->deep);
}

static void folder_remove(const struct folder *folder)
{
	ck_assert_int_eq(rmdir(folder->deep), 0);
	ck_assert_int_eq(rmdir(folder->top), 0);
}

START_TEST(socket_stale_at_long_path_replaced_and_removed)
{
	struct grpc_server *other;
	struct folder folder;
	struct stat status;
	struct error err;

	folder_make(&folder);
	service_start();
	ck_assert_int_eq(grpc_server_listen_unix(service.server, folder.socket, &err), 0);
	ck_assert_int_eq(stat(folder.socket, &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0700);

	other = grpc_server_new(service.base, &service.server->handlers);
	ck_assert_int_eq(grpc_server_listen_unix(other, folder.socket, &err), -ERROR_BUSY);
	ck_assert_ptr_nonnull(strstr(err.text, "another process listens"));

	/* A dead server leaves its socket: here by hiding it from its own end. */
	LIST_FIRST(&service.server->listeners)->inode = 0;
	service_stop();
	ck_assert_int_eq(stat(folder.socket, &status), 0);
	service_start();
	ck_assert_int_eq(grpc_server_listen_unix(service.server, folder.socket, &err), 0);
	service_stop();
	ck_assert_int_eq(stat(folder.socket, &status), -1);
	grpc_server_free(other);
	folder_remove(&folder);
}
END_TEST

START_TEST(socket_path_unusable_told)
{
	static const struct {
		const char *path;
		enum error_code code;
	} cases[] = {
		{ "/nonexistent/folder/xds", ERROR_NOT_FOUND },
		{ "/tmp/", ERROR_INVALID },
		{ "/dev/null", ERROR_BUSY },
		{ "/tmp/"
		  "a-name-that-is-far-too-long-for-what-a-socket-address-can-hold-even-when-its"
		  "-folder-is-named-by-a-descriptor",
		  ERROR_TOO_LARGE },
	};
	struct error err;

	service_start();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_int_eq(grpc_server_listen_unix(service.server, cases[i].path, &err),
				 -(int)cases[i].code);
	service_stop();
}
END_TEST

SUITE(xds_grpc, message_echoed_arrives, message_split_into_bytes_arrives_whole,
      message_of_the_greatest_size_arrives, body_malformed_ended_with_status,
      request_answered_by_its_kind, path_very_long_unimplemented,
      stream_ended_by_server_closes_half_open_client, reader_slow_sender_waits_and_is_woken,
      connection_lost_with_queue_full_cleaned_up,
      stream_reset_by_client_closed_and_connection_stays, streams_too_many_refused,
      bytes_not_http2_connection_closed, connection_without_request_closed_at_deadline,
      address_unusable_told, address_in_use_told, server_freed_goaway_sent_and_streams_closed,
      client_over_tls_known_by_its_uri, client_over_tls_without_uri_refused,
      client_over_tls_without_certificate_refused, socket_stale_at_long_path_replaced_and_removed,
      socket_path_unusable_told)
