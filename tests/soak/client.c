/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a server the same thing so many times a second over mutual TLS, on kept connections and on new
 * ones, and counts what fails. Nothing is tried again. Reads its certificate anew for each
 * connection. SIGTERM ends it; with --until-refused, a connection refused is the end, too. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* After so many requests a connection is closed and a new one made. */
#define KEPT 25
#define REPLY_MAX 65536

struct load {
	const char *port, *ca, *certificate, *key, *path, *body;
	unsigned rate, threads;
	bool until_refused;
	atomic_bool stopping;
	atomic_ulong requests, failed_requests, handshakes, failed_handshakes, slowest_us;
};

struct session {
	SSL_CTX *context;
	SSL *ssl;
	int fd;
};

static struct load load;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void session_close(struct session *session)
{
	if (session->ssl) {
		SSL_shutdown(session->ssl);
		SSL_free(session->ssl);
	}
	if (session->context)
		SSL_CTX_free(session->context);
	if (session->fd >= 0)
		close(session->fd);
	*session = (struct session){ .fd = -1 };
}

static void complain(const char *what)
{
	char text[256] = "";
	unsigned long code = ERR_get_error();

	if (code)
		ERR_error_string_n(code, text, sizeof(text));
	fprintf(stderr, "%s: %s %s\n", what, text, errno ? strerror(errno) : "");
}

/* 1: open, 0: refused, -1: failed. */
static int socket_open(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct timeval patience = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	address.sin_port = htons((uint16_t)strtoul(load.port, NULL, 10));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool handshake(struct session *session)
{
	session->context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_verify(session->context, SSL_VERIFY_PEER, NULL);
	if (SSL_CTX_load_verify_locations(session->context, load.ca, NULL) != 1 ||
	    SSL_CTX_use_certificate_chain_file(session->context, load.certificate) != 1 ||
	    SSL_CTX_use_PrivateKey_file(session->context, load.key, SSL_FILETYPE_PEM) != 1)
		return false;
	session->ssl = SSL_new(session->context);
	SSL_set1_host(session->ssl, "localhost");
	SSL_set_fd(session->ssl, session->fd);
	return SSL_connect(session->ssl) == 1;
}

static bool session_open(struct session *session)
{
	session->fd = socket_open();
	if (session->fd < 0) {
		if (load.until_refused && errno == ECONNREFUSED) {
			atomic_store(&load.stopping, true);
			return false;
		}
	} else if (handshake(session)) {
		atomic_fetch_add(&load.handshakes, 1);
		return true;
	}
	complain("handshake");
	atomic_fetch_add(&load.failed_handshakes, 1);
	return false;
}

/* The whole reply; 0: there was none. */
static size_t reply_read(struct session *session, char *reply)
{
	size_t length = 0;

	while (length < REPLY_MAX - 1) {
		const char *header_end, *field;
		int n = SSL_read(session->ssl, reply + length, (int)(REPLY_MAX - 1 - length));

		if (n <= 0)
			return 0;
		length += (size_t)n;
		reply[length] = '\0';
		header_end = strstr(reply, "\r\n\r\n");
		field = strstr(reply, "\r\nContent-Length: ");
		if (header_end && field &&
		    length >= (size_t)(header_end + 4 - reply) + strtoul(field + 18, NULL, 10))
			return length;
	}
	return 0;
}

static void note_time(uint64_t began_ns)
{
	unsigned long us = (unsigned long)((now_ns() - began_ns) / 1000);
	unsigned long slowest = atomic_load(&load.slowest_us);

	while (us > slowest && !atomic_compare_exchange_weak(&load.slowest_us, &slowest, us))
		;
}

/* Returns whether the connection may be used again. */
static bool ask(struct session *session, const char *request, int length)
{
	char reply[REPLY_MAX];
	uint64_t began_ns = now_ns();

	errno = 0;
	ERR_clear_error();
	if (SSL_write(session->ssl, request, length) != length || reply_read(session, reply) == 0) {
		complain("request");
		atomic_fetch_add(&load.failed_requests, 1);
		return false;
	}
	note_time(began_ns);
	atomic_fetch_add(&load.requests, 1);
	if (strncmp(reply, "HTTP/1.1 200 ", 13) != 0 || !strstr(reply, "\"allowed\":true")) {
		fprintf(stderr, "request: %s\n", reply);
		atomic_fetch_add(&load.failed_requests, 1);
	}
	return !strstr(reply, "\r\nConnection: close\r\n");
}

static void wait_turn(uint64_t *turn_ns)
{
	struct timespec until;

	*turn_ns += 1000000000ull * load.threads / load.rate;
	until.tv_sec = (time_t)(*turn_ns / 1000000000);
	until.tv_nsec = (long)(*turn_ns % 1000000000);
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void *load_main(void *context)
{
	struct session session = { .fd = -1 };
	uint64_t turn_ns = now_ns();
	char *request = NULL;
	unsigned asked = 0;
	int length;

	(void)context;
	length = asprintf(&request,
			  "POST %s?timeout=10s HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
			  "application/json\r\nContent-Length: %zu\r\n\r\n%s",
			  load.path, strlen(load.body), load.body);
	while (!atomic_load(&load.stopping)) {
		wait_turn(&turn_ns);
		if (session.fd >= 0 && asked++ % KEPT == KEPT - 1)
			session_close(&session);
		if (session.fd < 0 && !session_open(&session)) {
			session_close(&session);
			continue;
		}
		if (!ask(&session, request, length))
			session_close(&session);
	}
	session_close(&session);
	free(request);
	return NULL;
}

static char *body_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, REPLY_MAX);

	if (!file || !text || fread(text, 1, REPLY_MAX - 1, file) == 0) {
		perror(path);
		exit(2);
	}
	fclose(file);
	return text;
}

static void *stop_main(void *context)
{
	int number;

	sigwait(context, &number);
	atomic_store(&load.stopping, true);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[64], stopper;
	sigset_t set;

	if (argc < 9) {
		fprintf(stderr, "client PORT CA CERTIFICATE KEY PATH BODY RATE THREADS "
				"[--until-refused]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	load.port = argv[1];
	load.ca = argv[2];
	load.certificate = argv[3];
	load.key = argv[4];
	load.path = argv[5];
	load.body = body_read(argv[6]);
	load.rate = (unsigned)strtoul(argv[7], NULL, 10);
	load.threads = (unsigned)strtoul(argv[8], NULL, 10);
	load.until_refused = argc > 9;
	if (load.rate == 0 || load.threads == 0 || load.threads > 64)
		return 2;
	pthread_create(&stopper, NULL, stop_main, &set);
	for (unsigned i = 0; i < load.threads; i++)
		pthread_create(&threads[i], NULL, load_main, NULL);
	for (unsigned i = 0; i < load.threads; i++)
		pthread_join(threads[i], NULL);
	printf("{\"requests\":%lu,\"failed_requests\":%lu,\"handshakes\":%lu,"
	       "\"failed_handshakes\":%lu,\"slowest_ms\":%lu}\n",
	       atomic_load(&load.requests), atomic_load(&load.failed_requests),
	       atomic_load(&load.handshakes), atomic_load(&load.failed_handshakes),
	       atomic_load(&load.slowest_us) / 1000);
	free((char *)load.body);
	return 0;
}
