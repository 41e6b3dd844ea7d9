/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of one gRPC stream: taken out of the request's body, queued for the response's. */
#include <string.h>

#include "base/memory.h"
#include "xds/grpc_internal.h"

/* What a stream keeps between two messages. */
enum { KEPT_MAX = 64 << 10 };

struct grpc_stream *grpc_stream_new(struct grpc_connection *connection, int32_t id)
{
	struct grpc_stream *stream = memory_new(1, sizeof(*stream));

	stream->connection = connection;
	stream->id = id;
	stream->path.max = GRPC_PATH_MAX;
	stream->queue = evbuffer_new();
	if (!stream->queue)
		memory_exhausted();
	LIST_INSERT_HEAD(&connection->streams, stream, link);
	return stream;
}

void grpc_stream_free(struct grpc_stream *stream)
{
	LIST_REMOVE(stream, link);
	if (stream->call)
		stream->connection->server->handlers.close(stream->call);
	buf_done(&stream->path);
	buf_done(&stream->message);
	buf_done(&stream->status_text);
	evbuffer_free(stream->queue);
	free(stream);
}

static size_t stream_message_length(const struct grpc_stream *stream)
{
	const uint8_t *prefix = stream->prefix;

	return (size_t)prefix[1] << 24 | (size_t)prefix[2] << 16 | (size_t)prefix[3] << 8 |
	       prefix[4];
}

static bool stream_check_prefix(struct grpc_stream *stream)
{
	if (stream->prefix[0] == 1)
		grpc_stream_end(stream, GRPC_UNIMPLEMENTED, "messages must not be compressed");
	else if (stream->prefix[0] != 0)
		grpc_stream_end(stream, GRPC_INVALID_ARGUMENT, "malformed message prefix");
	else if (stream_message_length(stream) > GRPC_MESSAGE_MAX)
		grpc_stream_end(stream, GRPC_RESOURCE_EXHAUSTED, "message is too large");
	return !stream->ended;
}

static size_t stream_receive_prefix(struct grpc_stream *stream, const void *bytes, size_t length)
{
	size_t wanted = GRPC_PREFIX_SIZE - stream->prefix_length;

	if (length > wanted)
		length = wanted;
	memcpy(stream->prefix + stream->prefix_length, bytes, length);
	stream->prefix_length += length;
	return length;
}

static void stream_deliver(struct grpc_stream *stream)
{
	stream->connection->server->handlers.message(stream->call, buf_text(&stream->message),
						     stream->message.len);
	stream->prefix_length = 0;
	buf_clear(&stream->message);
	if (stream->message.size > KEPT_MAX)
		buf_done(&stream->message);
}

void grpc_stream_receive(struct grpc_stream *stream, const void *bytes, size_t length)
{
	const uint8_t *at = bytes, *end = at + length;

	/* A refused stream has no call; what still arrives after an end is nobody's. */
	while (at < end && stream->call && !stream->ended) {
		size_t wanted;

		if (stream->prefix_length < GRPC_PREFIX_SIZE) {
			at += stream_receive_prefix(stream, at, (size_t)(end - at));
			if (stream->prefix_length < GRPC_PREFIX_SIZE ||
			    !stream_check_prefix(stream))
				return;
		}
		wanted = stream_message_length(stream) - stream->message.len;
		if (wanted > (size_t)(end - at))
			wanted = (size_t)(end - at);
		buf_add(&stream->message, at, wanted);
		at += wanted;
		if (stream->message.len == stream_message_length(stream))
			stream_deliver(stream);
	}
}

void grpc_stream_receive_end(struct grpc_stream *stream)
{
	if (stream->prefix_length)
		grpc_stream_end(stream, GRPC_INVALID_ARGUMENT, "the last message is incomplete");
	else
		grpc_stream_end(stream, GRPC_OK, "");
}

static void stream_resume(struct grpc_stream *stream)
{
	/* It fails while the response has not begun or is not waiting, when there is no need. */
	nghttp2_session_resume_data(stream->connection->session, stream->id);
	grpc_connection_wake(stream->connection);
}

bool grpc_stream_send(struct grpc_stream *stream, const void *bytes, size_t length)
{
	const uint8_t prefix[GRPC_PREFIX_SIZE] = { 0, (uint8_t)(length >> 24),
						   (uint8_t)(length >> 16), (uint8_t)(length >> 8),
						   (uint8_t)length };

	if (stream->ended)
		return false;
	if (evbuffer_get_length(stream->queue) >= GRPC_QUEUE_MAX) {
		stream->blocked = true;
		return false;
	}
	if (evbuffer_add(stream->queue, prefix, sizeof(prefix)) < 0 ||
	    evbuffer_add(stream->queue, bytes, length) < 0)
		memory_exhausted();
	stream_resume(stream);
	return true;
}

void grpc_stream_wake_sender(struct grpc_stream *stream)
{
	if (!stream->blocked || stream->ended ||
	    evbuffer_get_length(stream->queue) > GRPC_QUEUE_MAX / 2)
		return;
	stream->blocked = false;
	stream->connection->server->handlers.writable(stream->call);
}

/* The form of grpc-message: printable ASCII, anything else and '%' as %XX. */
static void percent_encode(struct buf *ret, const char *text)
{
	for (; *text; text++) {
		if (*text >= ' ' && *text <= '~' && *text != '%')
			buf_putc(ret, *text);
		else
			buf_printf(ret, "%%%02X", (unsigned char)*text);
	}
}

void grpc_stream_end(struct grpc_stream *stream, enum grpc_status status, const char *message)
{
	if (stream->ended)
		return;
	stream->ended = true;
	stream->status = status;
	percent_encode(&stream->status_text, message);
	/* Trailers wait for no flow control window: a peer that does not read learns of it, too. */
	if (status != GRPC_OK)
		evbuffer_drain(stream->queue, evbuffer_get_length(stream->queue));
	stream_resume(stream);
}
