/* SPDX-License-Identifier: Apache-2.0 */
/* The xDS server by itself: publishes what standard input says, one JSON object on a line, and prints
 * each event as one. Ends with its input. */
#include "xds/server.h"

#include <event2/event.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "envoy/encode.h"
#include "json/read.h"

/* By enum resource_type. */
static const char *const types[RESOURCE_TYPES] = {
	[RESOURCE_CLUSTER] = "cluster", [RESOURCE_ENDPOINTS] = "endpoints",
	[RESOURCE_SECRET] = "secret",	[RESOURCE_LISTENER] = "listener",
	[RESOURCE_ROUTES] = "routes",
};

struct control {
	struct event_base *base;
	struct xds_server *server;
	struct buf input;
};

static enum resource_type type_named(const char *name)
{
	for (int type = 0; type < RESOURCE_TYPES; type++)
		if (str_equal(types[type], name))
			return (enum resource_type)type;
	fprintf(stderr, "no type '%s'\n", name ? name : "");
	exit(2);
}

static struct resource *resource_read(const json_t *item)
{
	enum resource_type type = type_named(json_text(item, "type"));
	const char *message = strchr(resource_type_url(type), '/') + 1;
	CLEANUP(buf_done) struct buf bytes = { 0 };
	struct error err;

	if (encode(message, json_object_get(item, "resource"), &bytes, &err) < 0) {
		fprintf(stderr, "%s: %s\n", json_text(item, "name"), err.text);
		exit(2);
	}
	return resource_new(type, json_text(item, "name"), buf_text(&bytes), bytes.len);
}

/* {"node": "n", "set": [{"type", "name", "resource"}], "remove": [{"type", "name"}]} */
static void publish(struct control *control, const char *line, size_t length)
{
	CLEANUP(json_decref) json_t *json = json_loadb(line, length, 0, NULL);
	struct xds_batch *batch;
	const json_t *item;
	size_t i;

	if (!json_text(json, "node")) {
		fprintf(stderr, "no JSON object with a node: %.*s\n", (int)length, line);
		exit(2);
	}
	batch = xds_batch_new(json_text(json, "node"));
	json_array_foreach(json_object_get(json, "set"), i, item)
		xds_batch_adopt(batch, resource_read(item));
	json_array_foreach(json_object_get(json, "remove"), i, item)
		xds_batch_remove(batch, type_named(json_text(item, "type")),
				 json_text(item, "name"));
	xds_publish(control->server, batch);
}

static void read_input(evutil_socket_t fd, short what, void *context)
{
	struct control *control = context;
	char chunk[65536];
	ssize_t n = read(fd, chunk, sizeof(chunk));
	char *end;

	(void)what;
	if (n <= 0) {
		event_base_loopbreak(control->base);
		return;
	}
	buf_add(&control->input, chunk, (size_t)n);
	while (control->input.len &&
	       (end = memchr(control->input.data, '\n', control->input.len))) {
		size_t length = (size_t)(end - control->input.data);

		publish(control, control->input.data, length);
		buf_consume(&control->input, length + 1);
	}
}

static void print_event(void *context, void *message)
{
	static const char *const kinds[] = {
		[XDS_CONNECTED] = "connected", [XDS_DISCONNECTED] = "disconnected",
		[XDS_ACKED] = "acked",	       [XDS_NACKED] = "nacked",
		[XDS_REMOVED] = "removed",
	};
	CLEANUP(xds_event_free) struct xds_event *event = message;
	CLEANUP(json_decref) json_t *line = NULL;

	(void)context;
	line = json_pack("{s:s, s:s}", "event", kinds[event->kind], "node", event->node);
	if (event->name)
		json_object_set_new(line, "name", json_string(event->name));
	if (event->kind >= XDS_ACKED)
		json_object_set_new(line, "type", json_string(types[event->type]));
	if (event->message)
		json_object_set_new(line, "message", json_string(event->message));
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
}

static void discard_event(void *message)
{
	xds_event_free(message);
}

/* control unix:PATH | control ADDRESS CA CERTIFICATE KEY */
int main(int argc, char **argv)
{
	struct control control = { 0 };
	struct xds_options options = { 0 };
	struct event *readable;
	struct error err;

	if (argc == 2 && str_has_prefix(argv[1], "unix:")) {
		options.socket_path = argv[1] + strlen("unix:");
	} else if (argc == 5) {
		options.address = argv[1];
		options.ca_file = argv[2];
		options.certificate_file = argv[3];
		options.key_file = argv[4];
	} else {
		fprintf(stderr, "usage: control unix:PATH | ADDRESS CA CERTIFICATE KEY\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	control.base = event_base_new();
	options.events = mailbox_new(control.base, print_event, NULL);
	if (xds_server_new(&options, &control.server, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	readable =
		event_new(control.base, STDIN_FILENO, EV_READ | EV_PERSIST, read_input, &control);
	event_add(readable, NULL);
	printf("{\"event\":\"listening\"}\n");
	fflush(stdout);
	event_base_dispatch(control.base);
	event_free(readable);
	xds_server_free(control.server);
	mailbox_free(options.events, discard_event);
	event_base_free(control.base);
	buf_done(&control.input);
	return 0;
}
