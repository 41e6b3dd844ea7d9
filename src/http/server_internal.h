/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the server share. */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/connection.h"
#include "http/keeper.h"
#include "http/refusal.h"
#include "http/server.h"

/* One libmicrohttpd daemon with one thread. */
struct worker {
	struct http_server *server;
	struct MHD_Daemon *daemon;
	atomic_uint connections;
};

struct http_server {
	struct http_options options; /* the defaults filled in */
	struct keeper *keeper;	     /* NULL: no TLS */
	struct worker *workers;
	unsigned port;

	int listen_fd, wake_fd, spare_fd; /* the accepting thread's */
	pthread_t acceptor;
	bool accepting;
	atomic_bool draining, stopping;

	atomic_uint_fast64_t connections, requests;
	atomic_uint_fast64_t connections_open, requests_in_flight, bytes_in_flight;
	struct refusals refusals;

	pthread_mutex_t lock; /* over the list */
	pthread_cond_t emptied;
	struct connection *list;
};

/* A server without TLS and threads, whose one daemon is driven by its owner through MHD_run():
 * what a fuzzer feeds. On success *ret is for http_server_stop(). */
int http_server_new_plain(const struct http_options *options, struct http_server **ret,
			  struct error *err);

/* listener.c: binds options.address and accepts on a thread; hands out to the workers. */
int listener_start(struct http_server *server, struct error *err);
/* Takes what still waits in the queue, then closes the port. */
void listener_close(struct http_server *server);
void listener_stop(struct http_server *server);

/* request.c: what libmicrohttpd calls for a request. */
void *request_target(void *worker, const char *uri, struct MHD_Connection *http);
enum MHD_Result request_handle(void *worker, struct MHD_Connection *http, const char *path,
			       const char *method, const char *version, const char *data,
			       size_t *length, void **context);
void request_completed(void *worker, struct MHD_Connection *http, void **context,
		       enum MHD_RequestTerminationCode code);
