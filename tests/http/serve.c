/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTPS server by itself, with handlers that say what they were given: what tests/http/run
 * drives. Prints its port; SIGTERM drains and ends, SIGHUP reloads. */
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"
#include "http/server.h"

struct site {
	atomic_uint calls;		      /* of the handlers that need a certificate */
	_Atomic(struct http_server *) server; /* NULL while it starts */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void echo(void *context, const struct http_request *request, struct http_reply *reply)
{
	struct site *site = context;
	unsigned calls = atomic_fetch_add(&site->calls, 1) + 1;

	buf_printf(&reply->body,
		   "{\"calls\":%u,\"method\":\"%s\",\"path\":\"%s\",\"type\":\"%s\","
		   "\"client\":\"%s\",\"length\":%zu,\"left_ms\":%" PRIu64 "}\n",
		   calls, request->method, request->path, request->content_type, request->client,
		   request->length, (request->deadline_ns - now_ns()) / 1000000);
}

/* "/slow/500" takes 500 ms. */
static void slow(void *context, const struct http_request *request, struct http_reply *reply)
{
	int64_t ms = 0;

	if (str_to_number(request->path + strlen("/slow/"), 0, 60000, &ms))
		usleep((useconds_t)ms * 1000);
	echo(context, request, reply);
}

/* More than any socket buffer holds. */
static void big(void *context, const struct http_request *request, struct http_reply *reply)
{
	static char block[6 << 20];

	(void)context;
	(void)request;
	reply->content_type = "application/octet-stream";
	buf_add(&reply->body, block, sizeof(block));
}

static void redirect(void *context, const struct http_request *request, struct http_reply *reply)
{
	(void)context;
	(void)request;
	reply->status = 302;
}

static void alive(void *context, const struct http_request *request, struct http_reply *reply)
{
	(void)context;
	(void)request;
	reply->content_type = "text/plain";
	buf_puts(&reply->body, "ok\n");
}

static void stats(void *context, const struct http_request *request, struct http_reply *reply)
{
	struct site *site = context;
	struct http_stats now;

	(void)request;
	while (!atomic_load(&site->server))
		usleep(1000);
	http_server_stats(atomic_load(&site->server), &now);
	buf_printf(&reply->body,
		   "{\"calls\":%u,\"connections\":%" PRIu64 ",\"requests\":%" PRIu64
		   ",\"refused\":{\"no_certificate\":%" PRIu64 ",\"certificate\":%" PRIu64
		   ",\"handshake\":%" PRIu64 ",\"connections\":%" PRIu64 ",\"in_flight\":%" PRIu64
		   ",\"deadline\":%" PRIu64 "},",
		   atomic_load(&site->calls), now.connections, now.requests,
		   now.refused[HTTP_REFUSED_NO_CERTIFICATE], now.refused[HTTP_REFUSED_CERTIFICATE],
		   now.refused[HTTP_REFUSED_HANDSHAKE], now.refused[HTTP_REFUSED_CONNECTIONS],
		   now.refused[HTTP_REFUSED_IN_FLIGHT], now.refused[HTTP_REFUSED_DEADLINE]);
	buf_printf(&reply->body,
		   "\"reloads\":%" PRIu64 ",\"reload_failures\":%" PRIu64
		   ",\"last_reload_failed\":%s,\"open\":%" PRIu64 ",\"in_flight\":%" PRIu64
		   ",\"bytes_in_flight\":%" PRIu64 ",\"certificate_not_after\":%" PRId64
		   ",\"client_ca_not_after\":%" PRId64 "}\n",
		   now.reloads, now.reload_failures, now.last_reload_failed ? "true" : "false",
		   now.connections_open, now.requests_in_flight, now.bytes_in_flight,
		   now.certificate_not_after, now.client_ca_not_after);
}

static const struct http_route routes[] = {
	{ "POST", "/echo", false, echo },    { "POST", "/slow/", false, slow },
	{ "GET", "/big", false, big },	     { "GET", "/redirect", false, redirect },
	{ "GET", "/private", false, alive }, { "GET", "/healthz", true, alive },
	{ "GET", "/stats", true, stats },    { 0 },
};

static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{ "address=", offsetof(struct http_options, address) },
	{ "certificate=", offsetof(struct http_options, certificate_file) },
	{ "key=", offsetof(struct http_options, key_file) },
	{ "client-ca=", offsetof(struct http_options, client_ca_file) },
};

static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	{ "threads=", offsetof(struct http_options, threads) },
	{ "connections=", offsetof(struct http_options, connections_max) },
	{ "header-ms=", offsetof(struct http_options, header_timeout_ms) },
	{ "request-ms=", offsetof(struct http_options, request_timeout_ms) },
	{ "poll-ms=", offsetof(struct http_options, reload_poll_ms) },
};

static bool option_read(const char *argument, struct http_options *options)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (str_has_prefix(argument, texts[i].name)) {
			*(const char **)((char *)options + texts[i].offset) =
				argument + strlen(texts[i].name);
			return true;
		}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (str_has_prefix(argument, numbers[i].name)) {
			*(unsigned *)((char *)options + numbers[i].offset) =
				(unsigned)strtoul(argument + strlen(numbers[i].name), NULL, 10);
			return true;
		}
	return false;
}

static bool options_read(char **arguments, const char **names, struct http_options *options)
{
	size_t count = 0;

	for (; *arguments; arguments++) {
		if (str_has_prefix(*arguments, "in-flight="))
			options->in_flight_max = strtoul(*arguments + 10, NULL, 10);
		else if (str_has_prefix(*arguments, "name=") && count < 8)
			names[count++] = *arguments + 5;
		else if (str_equal(*arguments, "any-client"))
			options->insecure_any_client = true;
		else if (!option_read(*arguments, options)) {
			fprintf(stderr, "serve: '%s' is no option\n", *arguments);
			return false;
		}
	}
	if (count > 0)
		options->client_names = names;
	return true;
}

/* Returns on SIGTERM. */
static void signals_wait(struct http_server *server, const sigset_t *set)
{
	int number = 0;

	while (sigwait(set, &number) == 0 && number != SIGTERM)
		http_server_reload(server);
}

int main(int argc, char **argv)
{
	const char *names[9] = { 0 };
	struct site site = { 0 };
	struct http_options options = { .address = "127.0.0.1:0",
					.routes = routes,
					.context = &site };
	struct http_server *server;
	struct error err;
	sigset_t set;

	(void)argc;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (!options_read(argv + 1, names, &options))
		return 2;
	if (http_server_start(&options, &server, &err) < 0) {
		fprintf(stderr, "serve: %s\n", err.text);
		return 1;
	}
	atomic_store(&site.server, server);
	printf("%u\n", http_server_port(server));
	fflush(stdout);
	signals_wait(server, &set);
	http_server_drain(server, 10000);
	http_server_stop(server);
	return 0;
}
