/* SPDX-License-Identifier: Apache-2.0 */
/* The delta ADS server: a thread of its own that streams what is published to every Envoy whose
 * node it is for, and reports each answer. */
#pragma once

#include "base/error.h"
#include "envoy/resource.h"
#include "net/mailbox.h"

struct xds_server;

struct xds_options {
	/* A Unix socket (mode 0700) to serve in plain HTTP/2, or NULL. A stale one is replaced. */
	const char *socket_path;
	/* host:port to serve over mutual TLS, or NULL; then ca, certificate and key are needed
	 * (PEM files), and the client's URI SAN must be spiffe://kubelb/node/<node id>. */
	const char *address;
	const char *ca_file, *certificate_file, *key_file;
	/* Where events go; each is a struct xds_event for xds_event_free(). */
	struct mailbox *events;
};

/* Starts the thread and listens. On failure nothing runs. */
int xds_server_new(const struct xds_options *options, struct xds_server **ret, struct error *err);

/* Ends the streams and the thread, removes the socket. */
void xds_server_free(struct xds_server *server);
CLEANUP_DEFINE(xds_server_free, struct xds_server *)

/* What changes together for one node. */
struct xds_batch;

struct xds_batch *xds_batch_new(const char *node);
void xds_batch_free(struct xds_batch *batch);
CLEANUP_DEFINE(xds_batch_free, struct xds_batch *)
/* Adds or replaces; the reference is taken over. */
void xds_batch_adopt(struct xds_batch *batch, struct resource *resource);
void xds_batch_remove(struct xds_batch *batch, enum resource_type type, const char *name);

/* Takes the batch over. Any thread. Its changes go out in make-before-break order: clusters,
 * endpoints, secrets, listeners, routes, then removed listeners, then removed clusters. */
void xds_publish(struct xds_server *server, struct xds_batch *batch);

enum xds_event_kind {
	XDS_CONNECTED, /* a stream of the node opened */
	XDS_DISCONNECTED,
	XDS_ACKED, /* every connected Envoy of the node has this version */
	/* One refused it. The version before it stays in force and is what a reconnecting Envoy gets;
	 * it stays itself where all had taken it before. Published again, it is offered again. */
	XDS_NACKED,
	XDS_REMOVED, /* every connected Envoy of the node has acknowledged the removal */
};

struct xds_event {
	enum xds_event_kind kind;
	char *node;
	enum resource_type type; /* of the last three */
	char *name;
	char version[17];
	char *message; /* XDS_NACKED: Envoy's own words */
};

void xds_event_free(struct xds_event *event);
CLEANUP_DEFINE(xds_event_free, struct xds_event *)
