/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes what a client may send: bytes of HTTP/2, gRPC's messages inside, an answer to each. */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "xds/grpc_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Below what a socket pair holds, so that one write takes it. */
enum { INPUT_MAX = 64 << 10 };

struct call {
	struct grpc_stream *stream;
	unsigned count;
};

static void *on_open(void *context, struct grpc_stream *stream, const char *path, const char *peer)
{
	struct call *call = calloc(1, sizeof(*call));

	(void)context;
	(void)peer;
	if (!call || path[0] != '/' || path[1] != 's') {
		free(call);
		return NULL;
	}
	call->stream = stream;
	return call;
}

/* Touches every byte, answers, and has enough after the third. */
static void on_message(void *context, const void *bytes, size_t length)
{
	struct call *call = context;

	grpc_stream_send(call->stream, bytes, length);
	if (++call->count == 3)
		grpc_stream_end(call->stream, GRPC_RESOURCE_EXHAUSTED, "\xff%");
}

static void on_writable(void *context)
{
	(void)context;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct grpc_handlers handlers = { on_open, on_message, on_writable, free,
						       NULL };
	static struct event_base *base;
	struct grpc_server *server;
	int ends[2];

	if (!base) {
		signal(SIGPIPE, SIG_IGN);
		base = event_base_new();
	}
	if (size > INPUT_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0)
		return 0;
	server = grpc_server_new(base, &handlers);
	grpc_connection_new(server, ends[0], NULL);
	if (write(ends[1], bytes, size) == (ssize_t)size)
		for (int i = 0; i < 8; i++)
			event_base_loop(base, EVLOOP_NONBLOCK);
	close(ends[1]);
	event_base_loop(base, EVLOOP_NONBLOCK);
	grpc_server_free(server);
	/* What libevent put off to after a callback belongs to this input. */
	event_base_loop(base, EVLOOP_NONBLOCK);
	return 0;
}
