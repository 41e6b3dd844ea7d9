/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to Envoy's admin interface on a Unix socket. */
#include "envoy/admin.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/str.h"

#define ANSWER_MAX 65536

struct admin_request {
	struct bufferevent *stream;
	struct event *failed; /* of a failure that was known before the loop ran */
	admin_answer_fn *answer;
	void *context;
};

void admin_request_cancel(struct admin_request *request)
{
	if (!request)
		return;
	if (request->stream)
		bufferevent_free(request->stream);
	if (request->failed)
		event_free(request->failed);
	free(request);
}

static void answer(struct admin_request *request, const char *body)
{
	admin_answer_fn *function = request->answer;
	void *context = request->context;

	function(context, body);
	admin_request_cancel(request);
}

static void on_failed(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	answer(context, NULL);
}

/* The connection is closed behind the answer, so its end is the answer's end. */
static void on_end(struct bufferevent *stream, short what, void *context)
{
	struct evbuffer *input = bufferevent_get_input(stream);
	CLEANUP(buf_done) struct buf text = { 0 };
	const char *body = NULL;

	if (what & BEV_EVENT_CONNECTED)
		return;
	buf_add(&text, evbuffer_pullup(input, -1), evbuffer_get_length(input));
	if ((what & BEV_EVENT_EOF) && str_has_prefix(buf_text(&text), "HTTP/1.1 200 "))
		body = strstr(buf_text(&text), "\r\n\r\n");
	answer(context, body ? body + 4 : NULL);
}

static void on_read(struct bufferevent *stream, void *context)
{
	if (evbuffer_get_length(bufferevent_get_input(stream)) > ANSWER_MAX)
		answer(context, NULL);
}

/* Connects by way of the open folder: a Unix address holds 107 characters. */
static int connect_stream(struct bufferevent *stream, const char *folder, const char *socket)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int length, r;

	if (fd < 0)
		return -1;
	length = snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", fd,
			  socket);
	r = (size_t)length < sizeof(address.sun_path)
		    ? bufferevent_socket_connect(stream, (struct sockaddr *)&address,
						 sizeof(address))
		    : -1;
	close(fd);
	return r;
}

struct admin_request *admin_request_new(struct event_base *base, const char *folder,
					const char *socket, const char *method, const char *path,
					admin_answer_fn *function, void *context)
{
	struct admin_request *request = memory_new(1, sizeof(*request));
	const struct timeval patience = { .tv_sec = 2 };

	request->answer = function;
	request->context = context;
	request->stream =
		bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	request->failed = event_new(base, -1, 0, on_failed, request);
	if (!request->stream || !request->failed)
		memory_exhausted();
	bufferevent_setcb(request->stream, on_read, NULL, on_end, request);
	bufferevent_set_timeouts(request->stream, &patience, &patience);
	/* HTTP/1.0 would be refused, and chunks would have to be read. */
	evbuffer_add_printf(bufferevent_get_output(request->stream),
			    "%s %s HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n", method,
			    path);
	if (connect_stream(request->stream, folder, socket) < 0) {
		bufferevent_free(take(request->stream));
		event_active(request->failed, EV_TIMEOUT, 0);
		return request;
	}
	bufferevent_enable(request->stream, EV_READ | EV_WRITE);
	return request;
}
