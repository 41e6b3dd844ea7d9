/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the gRPC server share: its sockets (grpc.c), the HTTP/2 session of a connection
 * (grpc_session.c) and the messages of a stream (grpc_stream.c). */
#pragma once

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "xds/grpc.h"

enum {
	GRPC_CONNECTIONS_MAX = 4096,
	GRPC_STREAMS_MAX = 8,	     /* of one connection; Envoy needs one */
	GRPC_QUEUE_MAX = 1 << 20,    /* bytes of one stream, then senders wait */
	GRPC_OUTPUT_MAX = 256 << 10, /* bytes of one connection that HTTP/2 has let go of */
	GRPC_PREFIX_SIZE = 5,
	GRPC_PATH_MAX = 256,
	GRPC_OPENING_S = 20, /* from accept() to the first request */
};

struct grpc_stream {
	LIST_ENTRY(grpc_stream) link;
	struct grpc_connection *connection;
	int32_t id;
	void *call; /* NULL: refused, or its headers are not complete */

	bool is_post, is_grpc;
	struct buf path;

	uint8_t prefix[GRPC_PREFIX_SIZE];
	size_t prefix_length;
	struct buf message;

	struct evbuffer *queue;
	bool blocked; /* a sender was told to wait */
	bool ended;
	enum grpc_status status;
	struct buf status_text; /* percent-encoded */
};

struct grpc_connection {
	LIST_ENTRY(grpc_connection) link;
	struct grpc_server *server;
	struct bufferevent *socket;
	SSL *ssl;		  /* NULL: plain; it belongs to the bufferevent */
	nghttp2_session *session; /* NULL during the TLS handshake */
	char *peer;
	LIST_HEAD(, grpc_stream) streams;
	struct event *flush;
	struct event *deadline;
};

struct grpc_listener {
	LIST_ENTRY(grpc_listener) link;
	struct grpc_server *server;
	struct evconnlistener *socket;
	struct event *again;
	SSL_CTX *context; /* NULL: plain */
	int folder;	  /* of a Unix socket, else -1 */
	char *name;
	ino_t inode;
};

struct grpc_server {
	struct event_base *base;
	struct grpc_handlers handlers;
	unsigned connection_count;
	LIST_HEAD(, grpc_connection) connections;
	LIST_HEAD(, grpc_listener) listeners;
};

void grpc_listener_free(struct grpc_listener *listener);

/* Serves a connected socket, which it takes over; context NULL: without TLS. */
void grpc_connection_new(struct grpc_server *server, int fd, SSL_CTX *context);
/* Closes the socket; the streams' close() is called. Never from inside nghttp2. */
void grpc_connection_free(struct grpc_connection *connection);
/* Has the loop send what HTTP/2 has ready. */
void grpc_connection_wake(struct grpc_connection *connection);

void grpc_session_new(struct grpc_connection *connection);
/* False: the connection is of no use any more. */
bool grpc_session_receive(struct grpc_connection *connection, const void *bytes, size_t length);

struct grpc_stream *grpc_stream_new(struct grpc_connection *connection, int32_t id);
void grpc_stream_free(struct grpc_stream *stream);
/* Bytes of the request's body: calls message() for each message that they complete. */
void grpc_stream_receive(struct grpc_stream *stream, const void *bytes, size_t length);
/* The client will send no more. */
void grpc_stream_receive_end(struct grpc_stream *stream);
/* Calls writable() if a sender waits and there is room again. */
void grpc_stream_wake_sender(struct grpc_stream *stream);
