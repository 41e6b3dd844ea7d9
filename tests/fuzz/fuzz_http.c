/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the HTTP server with what a client may send: raw bytes through the library's parser into our
 * request handling. No reply redirects, each has a form that a client can read, and none allows what
 * no handler allowed. */
#include <assert.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/server_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { INPUT_MAX = 64 << 10, BODY_MAX = 2048, REPLIES_MAX = 256 << 10 };

static const char allowed[] = "{\"allowed\":true}";
static const char wanted[] = "{\"ok\":1}";

static unsigned handled, allowances;

static void judge(void *context, const struct http_request *request, struct http_reply *reply)
{
	(void)context;
	assert(strcmp(request->method, "POST") == 0);
	assert(strncmp(request->path, "/validate/", 10) == 0);
	assert(strncasecmp(request->content_type, "application/json", 16) == 0);
	assert(request->length > 0 && request->length <= BODY_MAX);
	assert(request->body[request->length] == '\0');
	assert(request->deadline_ns > 0);
	handled++;
	if (request->length == strlen(wanted) &&
	    memcmp(request->body, wanted, request->length) == 0) {
		allowances++;
		buf_puts(&reply->body, allowed);
	} else {
		buf_puts(&reply->body, "{\"allowed\":false}");
	}
}

static void alive(void *context, const struct http_request *request, struct http_reply *reply)
{
	(void)context;
	assert(request->length == 0);
	reply->content_type = "text/plain";
	buf_puts(&reply->body, "ok");
}

static struct http_server *server_new(void)
{
	static const struct http_route routes[] = {
		{ "POST", "/validate/", false, judge },
		{ "GET", "/healthz", true, alive },
		{ 0 },
	};
	static const struct http_options options = { .routes = routes,
						     .body_max = BODY_MAX,
						     .in_flight_max = BODY_MAX };
	struct http_server *server;
	struct error err;

	if (http_server_new_plain(&options, &server, &err) < 0)
		abort();
	return server;
}

/* Hands one end of a pair of sockets to the server; returns the other. */
static int server_connect(struct http_server *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0)
		abort();
	atomic_fetch_add(&server->connections_open, 1);
	atomic_fetch_add(&server->workers[0].connections, 1);
	if (MHD_add_connection(server->workers[0].daemon, ends[0], (struct sockaddr *)&address,
			       sizeof(address)) != MHD_YES)
		abort();
	return ends[1];
}

/* Lets the server work until it has nothing more to say. */
static size_t replies_read(struct http_server *server, int fd, char *replies)
{
	size_t length = 0;

	for (int quiet = 0; quiet < 2;) {
		ssize_t n;

		MHD_run(server->workers[0].daemon);
		n = read(fd, replies + length, REPLIES_MAX - length);
		if (n == 0)
			break;
		if (n > 0)
			length += (size_t)n;
		quiet = n > 0 ? 0 : quiet + 1;
	}
	return length;
}

/* The value of a header of the reply that is `length` long; -1: there is none. */
static long header_number(const char *reply, size_t length, const char *name)
{
	const char *line = memmem(reply, length, name, strlen(name));

	return line ? strtol(line + strlen(name), NULL, 10) : -1;
}

/* One reply: its status is no redirection, its body what its header says. Returns what follows. */
static const char *reply_check(const char *reply, const char *end, bool *is_last)
{
	const char *body = memmem(reply, (size_t)(end - reply), "\r\n\r\n", 4);
	long status, length;

	assert(body && strncmp(reply, "HTTP/1.", 7) == 0);
	status = strtol(reply + strlen("HTTP/1.1 "), NULL, 10);
	assert(status == 100 || status == 200 || (status >= 400 && status < 600));
	body += 4;
	length = header_number(reply, (size_t)(body - reply), "\r\nContent-Length: ");
	assert(status == 100 || length >= 0);
	if (length < 0)
		length = 0;
	/* To HEAD there is none, and the next reply begins at once. */
	if (end - body >= 7 && strncmp(body, "HTTP/1.", 7) == 0)
		length = 0;
	*is_last = length > end - body;
	return body + (*is_last ? end - body : length);
}

static unsigned occurrences(const char *text, size_t length, const char *what)
{
	unsigned count = 0;
	const char *end = text + length;

	while ((text = memmem(text, (size_t)(end - text), what, strlen(what)))) {
		text += strlen(what);
		count++;
	}
	return count;
}

static void replies_check(const char *replies, size_t length)
{
	const char *reply = replies, *end = replies + length;
	bool is_last = false;

	while (reply < end && !is_last)
		reply = reply_check(reply, end, &is_last);
	assert(occurrences(replies, length, allowed) <= allowances);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static char replies[REPLIES_MAX + 1];
	static struct http_server *server;
	size_t length;
	int fd;

	if (!server)
		server = server_new();
	if (size > INPUT_MAX)
		return 0;
	handled = allowances = 0;
	fd = server_connect(server);
	if (size > 0 && write(fd, bytes, size) != (ssize_t)size)
		abort();
	length = replies_read(server, fd, replies);
	replies[length] = '\0';
	replies_check(replies, length);
	assert(handled == 0 || memmem(bytes, size, "/validate/", 10));
	close(fd);
	for (int i = 0; i < 3 && atomic_load(&server->connections_open) > 0; i++)
		MHD_run(server->workers[0].daemon);
	assert(atomic_load(&server->connections_open) == 0);
	assert(atomic_load(&server->requests_in_flight) == 0);
	assert(atomic_load(&server->bytes_in_flight) == 0);
	return 0;
}
