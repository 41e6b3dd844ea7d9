/* SPDX-License-Identifier: Apache-2.0 */
/* One node, its cache and its streams. */
#include "xds/node.h"

#include <uthash.h>
#include <utlist.h>

#include "base/memory.h"
#include "xds/cache.h"
#include "xds/delta.h"

/* A removal that is not yet reported. */
struct leaving {
	char *name;
	UT_hash_handle hh;
};

struct xds_node {
	struct xds_node_output output;
	struct xds_cache *cache;
	struct leaving *leaving[RESOURCE_TYPES];
	struct xds_stream *streams;
	bool held;
};

struct xds_stream {
	struct xds_node *node;
	struct delta *delta;
	struct xds_stream *prev, *next;
};

struct xds_node *xds_node_new(const struct xds_node_output *output, bool held)
{
	struct xds_node *node = memory_new(1, sizeof(*node));

	node->output = *output;
	node->cache = xds_cache_new();
	node->held = held;
	return node;
}

static void leaving_forget(struct xds_node *node, enum resource_type type, const char *name)
{
	struct leaving *leaving;

	HASH_FIND_STR(node->leaving[type], name, leaving);
	if (!leaving)
		return;
	HASH_DEL(node->leaving[type], leaving);
	free(leaving->name);
	free(leaving);
}

static void leaving_note(struct xds_node *node, enum resource_type type, const char *name)
{
	struct leaving *leaving;

	HASH_FIND_STR(node->leaving[type], name, leaving);
	if (leaving)
		return;
	leaving = memory_new(1, sizeof(*leaving));
	leaving->name = memory_strdup(name);
	HASH_ADD_KEYPTR(hh, node->leaving[type], leaving->name, strlen(leaving->name), leaving);
}

void xds_node_free(struct xds_node *node)
{
	struct leaving *leaving, *next;

	if (!node)
		return;
	for (int type = 0; type < RESOURCE_TYPES; type++)
		HASH_ITER(hh, node->leaving[type], leaving, next)
			leaving_forget(node, (enum resource_type)type, leaving->name);
	xds_cache_free(node->cache);
	free(node);
}

static void post(const struct xds_node *node, enum xds_event_kind kind, enum resource_type type,
		 const char *name, const char *version, const char *message)
{
	node->output.event(node->output.context, kind, type, name, version, message);
}

/* Tells the owner once every stream of the node is where the cache is. */
static void report(struct xds_node *node, enum resource_type type, const char *name)
{
	const struct resource *resource = xds_cache_get(node->cache, type, name);
	const struct xds_stream *stream;
	struct leaving *leaving;

	/* Without a stream a change waits for one; a removal has nobody to wait for. */
	if (resource && !node->streams)
		return;
	DL_FOREACH(node->streams, stream)
	if (!delta_has(stream->delta, type, name))
		return;
	if (resource) {
		xds_cache_acked(node->cache, type, name, resource->version);
		post(node, XDS_ACKED, type, name, resource->version, NULL);
		return;
	}
	HASH_FIND_STR(node->leaving[type], name, leaving);
	if (!leaving)
		return;
	post(node, XDS_REMOVED, type, name, "", NULL);
	leaving_forget(node, type, name);
}

static void changed(struct xds_node *node, enum resource_type type, const char *name)
{
	struct xds_stream *stream;

	node->held = false;
	DL_FOREACH(node->streams, stream)
	delta_changed(stream->delta, type, name);
	report(node, type, name);
}

void xds_node_release(struct xds_node *node)
{
	node->held = false;
	xds_node_flush(node);
}

void xds_node_adopt(struct xds_node *node, struct resource *resource)
{
	leaving_forget(node, resource->type, resource->name);
	xds_cache_adopt(node->cache, resource);
	changed(node, resource->type, resource->name);
}

void xds_node_remove(struct xds_node *node, enum resource_type type, const char *name)
{
	leaving_note(node, type, name);
	xds_cache_remove(node->cache, type, name);
	changed(node, type, name);
}

void xds_node_flush(struct xds_node *node)
{
	struct xds_stream *stream;

	DL_FOREACH(node->streams, stream)
	xds_stream_flush(stream);
}

static void on_settled(void *context, enum resource_type type, const char *name)
{
	const struct xds_stream *stream = context;

	report(stream->node, type, name);
}

static void on_refused(void *context, enum resource_type type, const char *name,
		       const char *version, const char *message)
{
	struct xds_stream *refusing = context, *stream;
	struct xds_node *node = refusing->node;
	bool fell_back = xds_cache_nacked(node->cache, type, name, version);

	post(node, XDS_NACKED, type, name, version, message);
	if (!fell_back)
		return;
	DL_FOREACH(node->streams, stream)
	if (stream != refusing)
		delta_changed(stream->delta, type, name);
}

struct xds_stream *xds_stream_open(struct xds_node *node,
				   bool (*send)(void *context, const void *bytes, size_t length),
				   void *context)
{
	struct xds_stream *stream = memory_new(1, sizeof(*stream));
	const struct delta_output output = {
		.send = send,
		.send_context = context,
		.settled = on_settled,
		.refused = on_refused,
		.context = stream,
	};

	stream->node = node;
	stream->delta = delta_new(node->cache, &output);
	DL_APPEND(node->streams, stream);
	post(node, XDS_CONNECTED, RESOURCE_CLUSTER, "", "", NULL);
	return stream;
}

static void report_unless_acked(void *context, const struct resource *resource)
{
	struct xds_node *node = context;

	if (!xds_cache_is_acked(node->cache, resource->type, resource->name))
		report(node, resource->type, resource->name);
}

void xds_stream_close(struct xds_stream *stream)
{
	struct xds_node *node = stream->node;
	struct leaving *leaving, *next;

	DL_DELETE(node->streams, stream);
	delta_free(stream->delta);
	free(stream);
	post(node, XDS_DISCONNECTED, RESOURCE_CLUSTER, "", "", NULL);
	/* What only this one had yet to answer is now settled. */
	for (int type = 0; type < RESOURCE_TYPES; type++) {
		xds_cache_visit(node->cache, (enum resource_type)type, report_unless_acked, node);
		HASH_ITER(hh, node->leaving[type], leaving, next)
			report(node, (enum resource_type)type, leaving->name);
	}
}

int xds_stream_request(struct xds_stream *stream, const struct xds_request *request,
		       struct error *err)
{
	int r = delta_request(stream->delta, request, err);

	if (r == 0)
		/* All of them: what this one refused may have changed what the others should have. */
		xds_node_flush(stream->node);
	return r;
}

void xds_stream_flush(struct xds_stream *stream)
{
	if (!stream->node->held || !delta_is_resumed(stream->delta))
		delta_flush(stream->delta);
}
