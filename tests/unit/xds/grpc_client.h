/* SPDX-License-Identifier: Apache-2.0 */
/* A small gRPC client on one end of a socket pair, whose other end the server serves. */
#pragma once

#include <nghttp2/nghttp2.h>

#include "base/buf.h"
#include "xds/grpc_internal.h"

#define CLIENT_METHOD "/test.Service/Stream"

struct grpc_client {
	struct event_base *base;
	struct bufferevent *socket;
	nghttp2_session *session;
	int32_t stream;
	bool connected, gone; /* gone: the server closed the connection */
	bool goaway;
	bool reading; /* false: takes nothing from the socket */

	struct buf body; /* what will be sent; empty: half open */
	bool body_ends;

	char status[8], grpc_status[8], grpc_message[128];
	struct buf received; /* the response's body */
	bool trailers_only, closed;
};

/* tls NULL: plain. Serves the other end with server_tls. */
void client_start(struct grpc_client *client, struct grpc_server *server, SSL_CTX *server_tls,
		  SSL_CTX *tls);
/* Opens the stream; NULL headers are the usual ones. */
void client_request(struct grpc_client *client, const char *method, const char *path,
		    const char *type);
/* Queues a message, prefix and all. */
void client_message(struct grpc_client *client, char flag, const void *bytes, size_t length);
void client_bytes(struct grpc_client *client, const void *bytes, size_t length);
/* Sends what is ready. */
void client_flush(struct grpc_client *client);
/* Runs the loop until done() or 10 s passed, which fails the test. */
void client_run(struct grpc_client *client, bool (*done)(const struct grpc_client *client));
void client_stop(struct grpc_client *client);

bool client_is_closed(const struct grpc_client *client);
bool client_is_gone(const struct grpc_client *client);
