/* SPDX-License-Identifier: Apache-2.0 */
/* A small gRPC client on one end of a socket pair, whose other end the server serves. */
#include "tests/unit/xds/grpc_client.h"

#include <event2/bufferevent_ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"
#include "tests/unit/suite.h"

static ssize_t body_wanted(nghttp2_session *session, int32_t id, uint8_t *bytes, size_t length,
			   uint32_t *flags, nghttp2_data_source *source, void *context)
{
	struct grpc_client *client = context;

	(void)session;
	(void)id;
	(void)source;
	if (length > client->body.len)
		length = client->body.len;
	if (length) {
		memcpy(bytes, client->body.data, length);
		buf_consume(&client->body, length);
	}
	if (client->body_ends && client->body.len == 0)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	else if (!length)
		return NGHTTP2_ERR_DEFERRED;
	return (ssize_t)length;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
		     void *context)
{
	struct grpc_client *client = context;
	const char *key = (const char *)name, *text = (const char *)value;

	(void)session;
	(void)name_length;
	(void)value_length;
	(void)flags;
	if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
		client->trailers_only = frame->headers.cat == NGHTTP2_HCAT_RESPONSE;
	if (str_equal(key, ":status"))
		snprintf(client->status, sizeof(client->status), "%s", text);
	else if (str_equal(key, "grpc-status"))
		snprintf(client->grpc_status, sizeof(client->grpc_status), "%s", text);
	else if (str_equal(key, "grpc-message"))
		snprintf(client->grpc_message, sizeof(client->grpc_message), "%s", text);
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
		   size_t length, void *context)
{
	struct grpc_client *client = context;

	(void)session;
	(void)flags;
	(void)id;
	buf_add(&client->received, bytes, length);
	return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	struct grpc_client *client = context;

	(void)session;
	if (frame->hd.type == NGHTTP2_GOAWAY)
		client->goaway = true;
	return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *context)
{
	struct grpc_client *client = context;

	(void)session;
	(void)id;
	(void)code;
	client->closed = true;
	return 0;
}

static void on_readable(struct bufferevent *socket, void *context)
{
	struct grpc_client *client = context;
	struct evbuffer *input = bufferevent_get_input(socket);
	size_t length = evbuffer_get_length(input);

	if (!client->reading)
		return;
	ck_assert_int_ge(
		nghttp2_session_mem_recv(client->session, evbuffer_pullup(input, -1), length), 0);
	evbuffer_drain(input, length);
	client_flush(client);
}

static void on_event(struct bufferevent *socket, short what, void *context)
{
	struct grpc_client *client = context;

	(void)socket;
	client->connected = what & BEV_EVENT_CONNECTED;
	client->gone = !client->connected;
}

static void session_start(struct grpc_client *client)
{
	nghttp2_session_callbacks *callbacks;

	nghttp2_session_callbacks_new(&callbacks);
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
	ck_assert_int_eq(nghttp2_session_client_new(&client->session, callbacks, client), 0);
	nghttp2_session_callbacks_del(callbacks);
	nghttp2_submit_settings(client->session, NGHTTP2_FLAG_NONE, NULL, 0);
}

void client_start(struct grpc_client *client, struct grpc_server *server, SSL_CTX *server_tls,
		  SSL_CTX *tls)
{
	int ends[2];

	*client = (struct grpc_client){ .base = server->base, .reading = true };
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
			 0);
	grpc_connection_new(server, ends[0], server_tls);
	client->socket = tls ? bufferevent_openssl_socket_new(server->base, ends[1], SSL_new(tls),
							      BUFFEREVENT_SSL_CONNECTING,
							      BEV_OPT_CLOSE_ON_FREE)
			     : bufferevent_socket_new(server->base, ends[1], BEV_OPT_CLOSE_ON_FREE);
	session_start(client);
	bufferevent_setcb(client->socket, on_readable, NULL, on_event, client);
	bufferevent_enable(client->socket, EV_READ | EV_WRITE);
}

static nghttp2_nv header(const char *name, const char *value)
{
	return (nghttp2_nv){ .name = (uint8_t *)name,
			     .value = (uint8_t *)value,
			     .namelen = strlen(name),
			     .valuelen = strlen(value) };
}

void client_request(struct grpc_client *client, const char *method, const char *path,
		    const char *type)
{
	nghttp2_nv headers[] = {
		header(":method", method ? method : "POST"),
		header(":scheme", "http"),
		header(":path", path ? path : CLIENT_METHOD),
		header(":authority", "test"),
		header("te", "trailers"),
		header("content-type", type ? type : "application/grpc"),
	};
	nghttp2_data_provider body = { .read_callback = body_wanted };

	client->stream = nghttp2_submit_request(client->session, NULL, headers,
						sizeof(headers) / sizeof(*headers), &body, NULL);
	ck_assert_int_gt(client->stream, 0);
}

void client_bytes(struct grpc_client *client, const void *bytes, size_t length)
{
	buf_add(&client->body, bytes, length);
	nghttp2_session_resume_data(client->session, client->stream);
}

void client_message(struct grpc_client *client, char flag, const void *bytes, size_t length)
{
	const char prefix[] = { flag, (char)(length >> 24), (char)(length >> 16),
				(char)(length >> 8), (char)length };

	client_bytes(client, prefix, sizeof(prefix));
	client_bytes(client, bytes, length);
}

void client_flush(struct grpc_client *client)
{
	const uint8_t *bytes;
	ssize_t length;

	while ((length = nghttp2_session_mem_send(client->session, &bytes)) > 0)
		bufferevent_write(client->socket, bytes, (size_t)length);
	ck_assert_int_eq((int)length, 0);
}

static void on_timeout(int fd, short what, void *context)
{
	(void)fd;
	(void)what;
	*(bool *)context = true;
}

void client_run(struct grpc_client *client, bool (*done)(const struct grpc_client *client))
{
	static const struct timeval limit = { .tv_sec = 10 };
	bool late = false;
	struct event *timer = event_new(client->base, -1, 0, on_timeout, &late);

	event_add(timer, &limit);
	client_flush(client);
	while (!done(client) && !late)
		event_base_loop(client->base, EVLOOP_ONCE);
	event_free(timer);
	ck_assert_msg(!late, "the peer did not do in 10 s what was waited for");
}

void client_stop(struct grpc_client *client)
{
	nghttp2_session_del(client->session);
	bufferevent_free(client->socket);
	buf_done(&client->body);
	buf_done(&client->received);
}

bool client_is_closed(const struct grpc_client *client)
{
	return client->closed;
}

bool client_is_gone(const struct grpc_client *client)
{
	return client->gone;
}
