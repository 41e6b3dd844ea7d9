/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS server of the guard: connections, who may connect, ceilings and deadlines. What is asked
 * there is its handlers' business. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct http_server;

/* Texts are borrowed and live as long as the handler runs. */
struct http_request {
	const char *method;
	const char *path;	  /* without the query, as written: nothing is unescaped */
	const char *content_type; /* "" when none was sent */
	const char *client;	  /* common name in the verified certificate; "" without one */
	const char *body;	  /* "" or length bytes, a NUL behind them that does not count */
	size_t length;
	uint64_t deadline_ns; /* CLOCK_MONOTONIC: when the caller stops waiting (?timeout=) */
};

/* Comes in as 200 and application/json with an empty body. */
struct http_reply {
	unsigned status; /* never 3xx: the API server would follow it */
	const char *content_type;
	struct buf body;
	unsigned retry_after_s; /* 0: no such header */
};

struct http_route {
	const char *method; /* "POST"; "GET" serves HEAD, too */
	const char *path;   /* the whole path; with a "/" at its end every path below it */
	bool is_public;	    /* no client certificate is asked: probes */
	/* Runs on a thread of the pool, several at once. */
	void (*handle)(void *context, const struct http_request *request, struct http_reply *reply);
};

/* Everything pointed to is borrowed until http_server_stop(). */
struct http_options {
	/* HOST:PORT; no host: all addresses; port 0: the kernel's choice, see http_server_port() */
	const char *address;
	const char *certificate_file, *key_file;
	const char *client_ca_file; /* NULL: insecure_any_client must be set */
	const char *const
		*client_names; /* common or DNS names; ends with NULL; NULL: any of the CA */
	bool insecure_any_client;
	const struct http_route *routes; /* ends with a NULL path */
	void *context;			 /* of the handlers */
	/* 0 takes the default in brackets. */
	unsigned threads;	     /* [one per core] */
	unsigned connections_max;    /* [1000] */
	size_t body_max;	     /* of one request [7 MiB] */
	size_t in_flight_max;	     /* bytes of all bodies under way [128 MiB] */
	unsigned header_timeout_ms;  /* from the first byte to the last of the header [10 s] */
	unsigned request_timeout_ms; /* to the last byte of the reply [15 s] */
	unsigned reload_poll_ms;     /* besides inotify: how often the files are looked at [10 s] */
};

/* Binds, reads the pair and the client CA, serves. On success *ret is for http_server_stop(). */
int http_server_start(const struct http_options *options, struct http_server **ret,
		      struct error *err);
unsigned http_server_port(const struct http_server *server);

/* No new connection is taken; those there are answered and closed with their next reply. Returns
 * when none is left or after timeout_ms. */
void http_server_drain(struct http_server *server, unsigned timeout_ms);
void http_server_stop(struct http_server *server);
CLEANUP_DEFINE(http_server_stop, struct http_server *)

/* Looks at certificate, key and client CA now (SIGHUP), whatever inotify said. */
void http_server_reload(struct http_server *server);

/* Why a client was turned away. */
enum http_refusal {
	HTTP_REFUSED_NO_CERTIFICATE,
	HTTP_REFUSED_CERTIFICATE, /* stranger's CA, expired, not yet valid, wrong use, name */
	HTTP_REFUSED_HANDSHAKE,
	HTTP_REFUSED_CONNECTIONS, /* over connections_max */
	HTTP_REFUSED_IN_FLIGHT,	  /* over in_flight_max */
	HTTP_REFUSED_DEADLINE,
	HTTP_REFUSALS,
};

/* Counters since the start, and what is true now. Any thread. */
struct http_stats {
	uint64_t connections, requests; /* since the start */
	uint64_t refused[HTTP_REFUSALS];
	uint64_t reloads, reload_failures; /* of failures, those with another text than the last */
	uint64_t connections_open, requests_in_flight, bytes_in_flight;
	int64_t certificate_not_after, client_ca_not_after; /* seconds since the epoch; 0: none */
	/* The files are not usable and what was read before is in force. An instance is ready all the
	 * same until the certificate is about to end. */
	bool last_reload_failed;
};
void http_server_stats(const struct http_server *server, struct http_stats *ret);
