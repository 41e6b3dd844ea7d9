/* SPDX-License-Identifier: Apache-2.0 */
/* The delta ADS server's thread: nodes, their streams, what is published and what is answered. */
#include "xds/server.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdio.h>
#include <uthash.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "net/tls.h"
#include "xds/grpc.h"
#include "xds/node.h"

#define ADS_PATH "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources"
#define IDENTITY_PREFIX "spiffe://kubelb/node/"

/* So long after the start an Envoy keeps what it holds while nothing was published for its node. */
enum { PATIENCE_S = 10 };

struct change {
	enum resource_type type;
	struct resource *resource; /* NULL: removed */
	char *name;		   /* of what is removed */
};

struct xds_batch {
	char *node;
	struct change *changes;
	size_t count, room;
};

struct node {
	char *id;
	struct xds_server *server;
	struct xds_node *xds;
	UT_hash_handle hh;
};

/* One open stream. */
struct call {
	struct xds_server *server;
	struct grpc_stream *grpc;
	char *peer;	   /* URI of its certificate; NULL on the Unix socket */
	struct node *node; /* NULL before its first request */
	struct xds_stream *xds;
};

struct xds_server {
	struct event_base *base;
	struct mailbox *inbox;
	struct mailbox *events;
	struct grpc_server *grpc;
	struct node *nodes;
	struct event *patience; /* NULL once nodes are held no more */
	pthread_t thread;
};

struct xds_batch *xds_batch_new(const char *node)
{
	struct xds_batch *batch = memory_new(1, sizeof(*batch));

	batch->node = memory_strdup(node);
	return batch;
}

void xds_batch_free(struct xds_batch *batch)
{
	if (!batch)
		return;
	for (size_t i = 0; i < batch->count; i++) {
		resource_unref(batch->changes[i].resource);
		free(batch->changes[i].name);
	}
	free(batch->changes);
	free(batch->node);
	free(batch);
}

static void batch_append(struct xds_batch *batch, struct change change)
{
	if (batch->count == batch->room) {
		batch->room = batch->room ? batch->room * 2 : 16;
		batch->changes = memory_resize(batch->changes, batch->room, sizeof(change));
	}
	batch->changes[batch->count++] = change;
}

void xds_batch_adopt(struct xds_batch *batch, struct resource *resource)
{
	batch_append(batch, (struct change){ .type = resource->type, .resource = resource });
}

void xds_batch_remove(struct xds_batch *batch, enum resource_type type, const char *name)
{
	batch_append(batch, (struct change){ .type = type, .name = memory_strdup(name) });
}

void xds_event_free(struct xds_event *event)
{
	if (!event)
		return;
	free(event->node);
	free(event->name);
	free(event->message);
	free(event);
}

static void node_event(void *context, enum xds_event_kind kind, enum resource_type type,
		       const char *name, const char *version, const char *message)
{
	struct xds_event *event = memory_new(1, sizeof(*event));
	const struct node *node = context;

	if (kind == XDS_NACKED)
		log_warning("envoy '%s' refuses %s '%s': %s", node->id, resource_type_url(type),
			    name, message);
	event->kind = kind;
	event->node = memory_strdup(node->id);
	event->type = type;
	event->name = memory_strdup(name);
	event->message = memory_strdup(message);
	snprintf(event->version, sizeof(event->version), "%s", version);
	mailbox_post(node->server->events, event);
}

static struct node *node_get(struct xds_server *server, const char *id)
{
	struct xds_node_output output = { .event = node_event };
	struct node *node;

	HASH_FIND_STR(server->nodes, id, node);
	if (node)
		return node;
	node = memory_new(1, sizeof(*node));
	node->id = memory_strdup(id);
	node->server = server;
	output.context = node;
	node->xds = xds_node_new(&output, server->patience != NULL);
	HASH_ADD_KEYPTR(hh, server->nodes, node->id, strlen(node->id), node);
	return node;
}

/* Who was told of by now is told of; what other nodes hold is to go. */
static void end_patience(int fd, short what, void *context)
{
	struct xds_server *server = context;

	(void)fd;
	(void)what;
	event_free(take(server->patience));
	for (struct node *node = server->nodes; node; node = node->hh.next)
		xds_node_release(node->xds);
}

static bool call_send(void *context, const void *bytes, size_t length)
{
	const struct call *call = context;

	return grpc_stream_send(call->grpc, bytes, length);
}

static void *call_open(void *context, struct grpc_stream *stream, const char *path,
		       const char *peer)
{
	struct call *call;

	if (!str_equal(path, ADS_PATH))
		return NULL;
	call = memory_new(1, sizeof(*call));
	call->server = context;
	call->grpc = stream;
	call->peer = memory_strdup(peer);
	return call;
}

/* Over TLS a node is who its certificate says. */
static bool peer_may_be(const struct call *call, const char *node)
{
	return !call->peer || (str_has_prefix(call->peer, IDENTITY_PREFIX) &&
			       str_equal(call->peer + strlen(IDENTITY_PREFIX), node));
}

static bool call_join(struct call *call, const char *id)
{
	if (str_is_empty(id)) {
		grpc_stream_end(call->grpc, GRPC_INVALID_ARGUMENT,
				"the first request must name the node");
		return false;
	}
	if (!peer_may_be(call, id)) {
		log_warning("xDS: a client with the certificate of '%s' asked for node '%s'",
			    call->peer, id);
		grpc_stream_end(call->grpc, GRPC_PERMISSION_DENIED,
				"the certificate is not this node's");
		return false;
	}
	call->node = node_get(call->server, id);
	call->xds = xds_stream_open(call->node->xds, call_send, call);
	return true;
}

static void call_message(void *context, const void *bytes, size_t length)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct xds_request request;
	struct call *call = context;
	struct error err;

	if (xds_request_decode(arena, bytes, length, &request, &err) < 0)
		grpc_stream_end(call->grpc, GRPC_INVALID_ARGUMENT, err.text);
	else if ((call->node || call_join(call, request.node)) &&
		 xds_stream_request(call->xds, &request, &err) < 0)
		grpc_stream_end(call->grpc, GRPC_RESOURCE_EXHAUSTED, err.text);
}

static void call_writable(void *context)
{
	struct call *call = context;

	if (call->xds)
		xds_stream_flush(call->xds);
}

static void call_close(void *context)
{
	struct call *call = context;

	if (call->xds)
		xds_stream_close(call->xds);
	free(call->peer);
	free(call);
}

static void handle_batch(void *context, void *message)
{
	struct xds_server *server = context;
	CLEANUP(xds_batch_free) struct xds_batch *batch = message;
	const struct node *node;

	/* An empty batch without a node asks the thread to end. */
	if (!batch->node) {
		event_base_loopbreak(server->base);
		return;
	}
	node = node_get(server, batch->node);
	for (size_t i = 0; i < batch->count; i++) {
		struct change *change = &batch->changes[i];

		if (change->resource)
			xds_node_adopt(node->xds, take(change->resource));
		else
			xds_node_remove(node->xds, change->type, change->name);
	}
	xds_node_release(node->xds);
}

void xds_publish(struct xds_server *server, struct xds_batch *batch)
{
	mailbox_post(server->inbox, batch);
}

static void *thread_main(void *context)
{
	const struct xds_server *server = context;

	event_base_dispatch(server->base);
	return NULL;
}

static void discard_batch(void *message)
{
	xds_batch_free(message);
}

/* What is there without the thread: all of it runs on the loop. */
static void server_release(struct xds_server *server)
{
	struct node *node, *next;

	grpc_server_free(server->grpc);
	mailbox_free(server->inbox, discard_batch);
	HASH_ITER(hh, server->nodes, node, next) {
		HASH_DEL(server->nodes, node);
		xds_node_free(node->xds);
		free(node->id);
		free(node);
	}
	if (server->patience)
		event_free(server->patience);
	/* What of a connection still waits its turn holds the connection. */
	event_base_loop(server->base, EVLOOP_NONBLOCK);
	event_base_free(server->base);
	free(server);
}

static int server_listen(struct xds_server *server, const struct xds_options *options,
			 struct error *err)
{
	CLEANUP(tls_context_free) struct ssl_ctx_st *tls = NULL;
	int r = 0;

	if (options->socket_path)
		r = grpc_server_listen_unix(server->grpc, options->socket_path, err);
	if (r == 0 && options->address) {
		r = tls_server_context(options->ca_file, options->certificate_file,
				       options->key_file, &tls, err);
		if (r == 0)
			r = grpc_server_listen_tls(server->grpc, options->address, tls, err);
	}
	return r < 0 ? error_prefix(err, "xDS server") : 0;
}

int xds_server_new(const struct xds_options *options, struct xds_server **ret, struct error *err)
{
	struct xds_server *server = memory_new(1, sizeof(*server));
	const struct grpc_handlers handlers = {
		.open = call_open,
		.message = call_message,
		.writable = call_writable,
		.close = call_close,
		.context = server,
	};
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	int r;

	server->events = options->events;
	server->base = event_base_new();
	if (!server->base)
		memory_exhausted();
	server->inbox = mailbox_new(server->base, handle_batch, server);
	server->grpc = grpc_server_new(server->base, &handlers);
	server->patience = evtimer_new(server->base, end_patience, server);
	event_add(server->patience, &patience);
	r = server_listen(server, options, err);
	if (r == 0) {
		r = pthread_create(&server->thread, NULL, thread_main, server);
		r = r ? error_errno(err, r, "xDS thread") : 0;
	}
	if (r < 0) {
		server_release(server);
		return r;
	}
	*ret = server;
	return 0;
}

void xds_server_free(struct xds_server *server)
{
	if (!server)
		return;
	mailbox_post(server->inbox, memory_new(1, sizeof(struct xds_batch)));
	pthread_join(server->thread, NULL);
	server_release(server);
}
