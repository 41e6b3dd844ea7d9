/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS server: its parts, put together and taken apart. */
#include "http/server.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <sched.h>
#include <unistd.h>

#include "base/memory.h"
#include "http/server_internal.h"
#include "http/thread.h"

/* TLS 1.3, or 1.2 with AEAD and a key exchange that keeps the past secret. The smaller AES first: it
 * is the cheapest where the processor has it. */
#define PRIORITIES                                                                       \
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"    \
	"-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:-MAC-ALL:+AEAD:"       \
	"-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%SERVER_PRECEDENCE:" \
	"%NO_TICKETS"

/* Of each connection, the header in it: larger ones are answered 431 or 414. */
#define CONNECTION_MEMORY ((size_t)32 * 1024)

static unsigned core_count(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

static void options_complete(struct http_options *options)
{
	if (options->threads == 0)
		options->threads = core_count();
	if (options->connections_max == 0)
		options->connections_max = 1000;
	if (options->body_max == 0)
		options->body_max = (size_t)7 * 1024 * 1024;
	if (options->in_flight_max == 0)
		options->in_flight_max = (size_t)128 * 1024 * 1024;
	if (options->header_timeout_ms == 0)
		options->header_timeout_ms = 10 * 1000;
	if (options->request_timeout_ms == 0)
		options->request_timeout_ms = 15 * 1000;
	if (options->reload_poll_ms == 0)
		options->reload_poll_ms = 10 * 1000;
}

/* Every session is given the pair of its moment before it begins. One that were not would get
 * nothing to show. */
static int no_certificate(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
			  gnutls_pcert_st **certificates, unsigned *count,
			  gnutls_ocsp_data_st **ocsp, unsigned *ocsp_count, gnutls_privkey_t *key,
			  unsigned *flags)
{
	(void)session;
	(void)info;
	(void)certificates;
	(void)count;
	(void)ocsp;
	(void)ocsp_count;
	(void)key;
	(void)flags;
	return -1;
}

/* As written: nothing in a path or a query is unescaped. */
static size_t unescape_nothing(void *context, struct MHD_Connection *http, char *text)
{
	size_t length = 0;

	(void)context;
	(void)http;
	while (text[length])
		length++;
	return length;
}

static struct MHD_Daemon *daemon_start(struct worker *worker)
{
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)PRIORITIES },
		{ MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, (void *)no_certificate },
		{ MHD_OPTION_END, 0, NULL },
	};
	bool plain = !worker->server->keeper;
	unsigned flags =
		MHD_USE_NO_LISTEN_SOCKET |
		(plain ? MHD_USE_EPOLL : MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_TLS);

	return MHD_start_daemon(
		flags, 0, NULL, NULL, request_handle, worker, MHD_OPTION_ARRAY,
		plain ? &tls[2] : tls, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_LIMIT, worker->server->options.connections_max + 1,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION, connection_notify,
		worker, MHD_OPTION_URI_LOG_CALLBACK, request_target, worker,
		MHD_OPTION_NOTIFY_COMPLETED, request_completed, worker,
		MHD_OPTION_UNESCAPE_CALLBACK, unescape_nothing, NULL, MHD_OPTION_END);
}

static int workers_start(struct http_server *server, struct error *err)
{
	sigset_t old;

	server->workers = memory_new(server->options.threads, sizeof(*server->workers));
	thread_block_signals(&old);
	for (unsigned i = 0; i < server->options.threads; i++) {
		server->workers[i].server = server;
		server->workers[i].daemon = daemon_start(&server->workers[i]);
	}
	thread_restore_signals(&old);
	for (unsigned i = 0; i < server->options.threads; i++)
		if (!server->workers[i].daemon)
			return error_set(err, ERROR_IO, "cannot start the HTTP server");
	return 0;
}

static struct http_server *http_server_new(const struct http_options *options)
{
	struct http_server *server = memory_new(1, sizeof(*server));
	pthread_condattr_t attributes;

	server->options = *options;
	options_complete(&server->options);
	server->listen_fd = server->wake_fd = server->spare_fd = -1;
	pthread_mutex_init(&server->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&server->emptied, &attributes);
	pthread_condattr_destroy(&attributes);
	return server;
}

int http_server_start(const struct http_options *options, struct http_server **ret,
		      struct error *err)
{
	CLEANUP(http_server_stop) struct http_server *server = http_server_new(options);
	struct keeper_options files = {
		.certificate_file = options->certificate_file,
		.key_file = options->key_file,
		.client_ca_file = options->client_ca_file,
		.poll_ms = server->options.reload_poll_ms,
	};
	int r;

	if (!options->client_ca_file && !options->insecure_any_client)
		return error_set(err, ERROR_INVALID,
				 "a client CA is needed, or that any client is to be served");
	r = keeper_start(&files, &server->keeper, err);
	if (r >= 0)
		r = workers_start(server, err);
	if (r >= 0)
		r = listener_start(server, err);
	if (r < 0)
		return r;
	*ret = take(server);
	return 0;
}

int http_server_new_plain(const struct http_options *options, struct http_server **ret,
			  struct error *err)
{
	CLEANUP(http_server_stop) struct http_server *server = http_server_new(options);
	int r;

	server->options.threads = 1;
	server->options.client_ca_file = NULL;
	r = workers_start(server, err);
	if (r < 0)
		return r;
	*ret = take(server);
	return 0;
}

unsigned http_server_port(const struct http_server *server)
{
	return server->port;
}

void http_server_drain(struct http_server *server, unsigned timeout_ms)
{
	struct timespec until;

	listener_close(server);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&server->lock);
	while (atomic_load(&server->connections_open) > 0)
		if (pthread_cond_timedwait(&server->emptied, &server->lock, &until) == ETIMEDOUT)
			break;
	pthread_mutex_unlock(&server->lock);
}

void http_server_stop(struct http_server *server)
{
	if (!server)
		return;
	listener_stop(server);
	for (unsigned i = 0; server->workers && i < server->options.threads; i++)
		if (server->workers[i].daemon)
			MHD_stop_daemon(server->workers[i].daemon);
	if (server->keeper)
		keeper_stop(server->keeper);
	free(server->workers);
	pthread_cond_destroy(&server->emptied);
	pthread_mutex_destroy(&server->lock);
	free(server);
}

void http_server_reload(struct http_server *server)
{
	keeper_look(server->keeper);
}

void http_server_stats(const struct http_server *server, struct http_stats *ret)
{
	struct keeper_state state = { 0 };

	if (server->keeper)
		keeper_state(server->keeper, &state);
	*ret = (struct http_stats){
		.connections = atomic_load(&server->connections),
		.requests = atomic_load(&server->requests),
		.reloads = state.reloads,
		.reload_failures = state.failures,
		.connections_open = atomic_load(&server->connections_open),
		.requests_in_flight = atomic_load(&server->requests_in_flight),
		.bytes_in_flight = atomic_load(&server->bytes_in_flight),
		.certificate_not_after = state.pair_not_after,
		.client_ca_not_after = state.client_ca_not_after,
		.last_reload_failed = state.last_failed,
	};
	for (int i = 0; i < HTTP_REFUSALS; i++)
		ret->refused[i] = atomic_load(&server->refusals.of[i].count);
}
