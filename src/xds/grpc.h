/* SPDX-License-Identifier: Apache-2.0 */
/* gRPC over HTTP/2, the server's side, as much of it as xDS needs: bidirectional streams of messages. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct event_base;
struct ssl_ctx_st;
struct grpc_server;
struct grpc_stream;

/* The status codes that we send. */
enum grpc_status {
	GRPC_OK = 0,
	GRPC_INVALID_ARGUMENT = 3,
	GRPC_PERMISSION_DENIED = 7,
	GRPC_RESOURCE_EXHAUSTED = 8,
	GRPC_UNIMPLEMENTED = 12,
	GRPC_UNAVAILABLE = 14,
};

/* A message is refused (RESOURCE_EXHAUSTED) past this: Envoy's first one is over 61 KB. */
#define GRPC_MESSAGE_MAX (4u << 20)

struct grpc_handlers {
	/* A stream of this path began; what is returned is `call` below. NULL: UNIMPLEMENTED. peer is
	 * the URI SAN of the client's certificate, NULL on a Unix socket. */
	void *(*open)(void *context, struct grpc_stream *stream, const char *path,
		      const char *peer);
	/* One whole message; the bytes are the caller's. */
	void (*message)(void *call, const void *bytes, size_t length);
	/* The stream can take more after grpc_stream_send() said no. */
	void (*writable)(void *call);
	/* The stream is over, whoever ended it; the stream pointer is dead from now on. */
	void (*close)(void *call);
	void *context;
};

/* The process ignores SIGPIPE; handlers must not free the server. */
struct grpc_server *grpc_server_new(struct event_base *base, const struct grpc_handlers *handlers);
/* Listens on a Unix socket of mode 0700; a stale one is replaced. The path may be longer than
 * sun_path. ERROR_BUSY: somebody listens there, or it is no socket. */
int grpc_server_listen_unix(struct grpc_server *server, const char *path, struct error *err);
/* Listens on HOST:PORT ("[::1]:9000") with a TLS context that demands client
 * certificates (net/tls.h), of which it takes a reference. ERROR_BUSY: the port is in use. */
int grpc_server_listen_tls(struct grpc_server *server, const char *address,
			   struct ssl_ctx_st *context, struct error *err);
/* GOAWAY to all, closes every connection and removes the socket; close() is called for each stream. */
void grpc_server_free(struct grpc_server *server);

/* Queues one message (copied). False, with nothing queued, while the stream holds more than it should:
 * writable() says when to try again. After grpc_stream_end() false, too, and nothing follows. */
bool grpc_stream_send(struct grpc_stream *stream, const void *bytes, size_t length);
/* Ends the stream with a status; close() follows from the loop. With GRPC_OK what is queued goes out
 * before, with any other status it is dropped. A client that ends its side gets GRPC_OK. */
void grpc_stream_end(struct grpc_stream *stream, enum grpc_status status, const char *message);
