/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP/2 side of a gRPC connection: what nghttp2 calls when frames come and go. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "xds/grpc_internal.h"

static nghttp2_nv header(const char *name, const char *value)
{
	return (nghttp2_nv){ .name = (uint8_t *)name,
			     .value = (uint8_t *)value,
			     .namelen = strlen(name),
			     .valuelen = strlen(value) };
}

/* What fails here fails for want of memory. */
static void submitted(int result)
{
	if (nghttp2_is_fatal(result))
		memory_exhausted();
}

static void stream_trailers(const struct grpc_stream *stream, char status[12],
			    nghttp2_nv ret_headers[2])
{
	snprintf(status, 12, "%d", (int)stream->status);
	ret_headers[0] = header("grpc-status", status);
	ret_headers[1] = header("grpc-message", buf_text(&stream->status_text));
}

static ssize_t on_body_wanted(nghttp2_session *session, int32_t id, uint8_t *bytes, size_t length,
			      uint32_t *flags, nghttp2_data_source *source, void *context)
{
	struct grpc_stream *stream = source->ptr;
	int taken = evbuffer_remove(stream->queue, bytes, length);
	nghttp2_nv trailers[2];
	char status[12];

	(void)context;
	if (taken > 0)
		return taken;
	if (!stream->ended)
		return NGHTTP2_ERR_DEFERRED;
	stream_trailers(stream, status, trailers);
	submitted(nghttp2_submit_trailer(session, id, trailers, 2));
	*flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
	return 0;
}

static void stream_refuse_http(struct grpc_stream *stream, const char *http_status)
{
	nghttp2_nv headers[] = { header(":status", http_status) };

	stream->ended = true;
	submitted(
		nghttp2_submit_response(stream->connection->session, stream->id, headers, 1, NULL));
}

static void stream_refuse_path(struct grpc_stream *stream)
{
	nghttp2_nv headers[4] = { header(":status", "200"),
				  header("content-type", "application/grpc") };
	char status[12];

	grpc_stream_end(stream, GRPC_UNIMPLEMENTED, "unknown method");
	stream_trailers(stream, status, headers + 2);
	submitted(
		nghttp2_submit_response(stream->connection->session, stream->id, headers, 4, NULL));
}

static void stream_begin(struct grpc_stream *stream)
{
	nghttp2_nv headers[] = { header(":status", "200"),
				 header("content-type", "application/grpc") };
	nghttp2_data_provider body = { .source.ptr = stream, .read_callback = on_body_wanted };
	const struct grpc_handlers *handlers = &stream->connection->server->handlers;

	event_del(stream->connection->deadline);
	if (!stream->is_post) {
		stream_refuse_http(stream, "405");
		return;
	}
	if (!stream->is_grpc) {
		stream_refuse_http(stream, "415");
		return;
	}
	stream->call = handlers->open(handlers->context, stream, buf_text(&stream->path),
				      stream->connection->peer);
	if (!stream->call) {
		stream_refuse_path(stream);
		return;
	}
	submitted(nghttp2_submit_response(stream->connection->session, stream->id, headers, 2,
					  &body));
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id,
						    grpc_stream_new(context, frame->hd.stream_id));
}

/* "application/grpc", and that with "+proto" or ";..." behind it. */
static bool is_grpc_type(const char *type)
{
	static const char wanted[] = "application/grpc";
	size_t length = strlen(wanted);

	return str_has_prefix(type, wanted) && strchr("+;", type[length]);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
		     void *context)
{
	struct grpc_stream *stream =
		nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
	const char *key = (const char *)name, *text = (const char *)value;

	(void)name_length;
	(void)flags;
	(void)context;
	/* nghttp2 ends both texts with a NUL. */
	if (!stream || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	if (str_equal(key, ":method"))
		stream->is_post = str_equal(text, "POST");
	else if (str_equal(key, "content-type"))
		stream->is_grpc = is_grpc_type(text);
	else if (str_equal(key, ":path"))
		/* A longer one is no path of ours: it stays empty. */
		buf_add(&stream->path, text, value_length);
	return 0;
}

static int on_frame_received(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	struct grpc_stream *stream =
		nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

	(void)context;
	if (!stream || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA))
		return 0;
	if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
		stream_begin(stream);
	if (stream->call && frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
		grpc_stream_receive_end(stream);
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
		   size_t length, void *context)
{
	struct grpc_stream *stream = nghttp2_session_get_stream_user_data(session, id);

	(void)flags;
	(void)context;
	if (stream)
		grpc_stream_receive(stream, bytes, length);
	return 0;
}

static int on_frame_sent(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	int32_t id = frame->hd.stream_id;

	(void)context;
	/* The answer is complete: a client that did not end its side has nothing left to say
	 * (RFC 9113 §8.1), and the stream must not stay for it. */
	if (frame->hd.type == NGHTTP2_HEADERS && frame->hd.flags & NGHTTP2_FLAG_END_STREAM &&
	    nghttp2_session_get_stream_remote_close(session, id) == 0)
		submitted(nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id,
						    NGHTTP2_NO_ERROR));
	return 0;
}

static int on_stream_closed(nghttp2_session *session, int32_t id, uint32_t code, void *context)
{
	struct grpc_stream *stream = nghttp2_session_get_stream_user_data(session, id);

	(void)code;
	(void)context;
	if (stream)
		grpc_stream_free(stream);
	return 0;
}

static nghttp2_session_callbacks *callbacks_new(void)
{
	nghttp2_session_callbacks *callbacks;

	submitted(nghttp2_session_callbacks_new(&callbacks));
	nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
	nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_received);
	nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
	nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
	nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_closed);
	return callbacks;
}

void grpc_session_new(struct grpc_connection *connection)
{
	static const nghttp2_settings_entry settings[] = {
		{ NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, GRPC_STREAMS_MAX },
		{ NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, 16 << 10 },
		{ NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 0 },
	};
	nghttp2_session_callbacks *callbacks = callbacks_new();

	submitted(nghttp2_session_server_new(&connection->session, callbacks, connection));
	nghttp2_session_callbacks_del(callbacks);
	submitted(nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, settings,
					  sizeof(settings) / sizeof(*settings)));
}

bool grpc_session_receive(struct grpc_connection *connection, const void *bytes, size_t length)
{
	/* Message bytes are used up at once, so that nghttp2 may widen the windows by itself. */
	ssize_t taken = nghttp2_session_mem_recv(connection->session, bytes, length);

	if (taken == NGHTTP2_ERR_NOMEM)
		memory_exhausted();
	if (taken < 0)
		log_debug("xds: a client broke HTTP/2: %s", nghttp2_strerror((int)taken));
	return taken >= 0;
}
