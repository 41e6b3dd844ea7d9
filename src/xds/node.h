/* SPDX-License-Identifier: Apache-2.0 */
/* One node: what its Envoys should hold, their streams, and what is known once all of them have
 * answered. Pure, as delta.h; replayed by tests/xds. */
#pragma once

#include <stdbool.h>

#include "envoy/resource.h"
#include "xds/request.h"
#include "xds/server.h"

struct xds_node;
struct xds_stream;

struct xds_node_output {
	/* The texts are borrowed; what does not belong to the kind is "" or NULL. */
	void (*event)(void *context, enum xds_event_kind kind, enum resource_type type,
		      const char *name, const char *version, const char *message);
	void *context;
};

/* While it is held, an Envoy that comes back with resources is sent nothing: a server that has just
 * started would else take all of them away. The first change, or xds_node_release(), ends that. */
struct xds_node *xds_node_new(const struct xds_node_output *output, bool held);
/* Its streams are closed before. */
void xds_node_free(struct xds_node *node);
CLEANUP_DEFINE(xds_node_free, struct xds_node *)
void xds_node_release(struct xds_node *node);

/* Each is one change, the reference taken over; what the streams are to be told goes out with
 * xds_node_flush(). A version that an Envoy refused is offered again when it is adopted again. */
void xds_node_adopt(struct xds_node *node, struct resource *resource);
void xds_node_remove(struct xds_node *node, enum resource_type type, const char *name);
void xds_node_flush(struct xds_node *node);

/* A stream opens; send() as in delta.h. */
struct xds_stream *xds_stream_open(struct xds_node *node,
				   bool (*send)(void *context, const void *bytes, size_t length),
				   void *context);
void xds_stream_close(struct xds_stream *stream);
/* ERROR_TOO_LARGE: it names more than a stream may. */
int xds_stream_request(struct xds_stream *stream, const struct xds_request *request,
		       struct error *err);
/* Sends what is due until send() takes no more. */
void xds_stream_flush(struct xds_stream *stream);
