/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: the phase it is in, until when that may last, who its client is, and the request
 * that is under way on it. */
#pragma once

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "http/client.h"
#include "http/server.h"

enum phase {
	PHASE_HANDSHAKE,
	PHASE_IDLE,   /* between requests */
	PHASE_HEADER, /* the first byte came */
	PHASE_REQUEST /* the header is there: body, handler, reply */
};

struct connection {
	struct connection *prev, *next; /* of the server's, under its lock */
	struct http_server *server;
	int fd;
	struct sockaddr_storage address;
	/* Written by the connection's thread, read by the one that watches deadlines. */
	atomic_int phase;
	atomic_uint_fast64_t deadline_ns;
	atomic_bool overdue; /* it was shut down for its deadline */
	/* The connection's thread alone. */
	struct key_pair *pair;
	struct client client;
	bool spoke;	     /* a byte came */
	uint64_t started_ns; /* when the request's first byte came */
	/* Of the request under way. */
	bool under_way;
	const struct http_route *route;
	const char *content_type;
	struct buf body;
	bool framed;	 /* where its body ends is clear */
	unsigned status; /* what it is refused with; 0: it is not */
	const char *reason;
};

/* What libmicrohttpd calls when a connection comes and goes. */
void connection_notify(void *worker, struct MHD_Connection *http, void **context,
		       enum MHD_ConnectionNotificationCode code);

/* The request under way has its header; it has ended. */
void connection_begin_request(struct connection *connection);
void connection_end_request(struct connection *connection);
/* Lets go of what of the body is kept, also of what it counts for. */
void connection_drop_body(struct connection *connection);

/* Is the client who it must be for a route that is not public? Holds it against the present CA when
 * that has changed since. */
bool connection_is_trusted(struct connection *connection, struct MHD_Connection *http);

/* Shuts down what is over its deadline; while draining, what idles, too. The server's lock is not
 * held. */
void connections_watch(struct http_server *server);
