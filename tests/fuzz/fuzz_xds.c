/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes what an Envoy may say to a node with a few resources: requests in bytes, each with its length
 * before it, and changes of the node between them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "xds/node.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct input {
	const uint8_t *bytes;
	size_t size;
};

static uint8_t next_byte(struct input *input)
{
	if (!input->size)
		return 0;
	input->size--;
	return *input->bytes++;
}

static bool on_send(void *context, const void *bytes, size_t length)
{
	const bool *full = context;

	(void)bytes;
	(void)length;
	return !*full;
}

static void on_event(void *context, enum xds_event_kind kind, enum resource_type type,
		     const char *name, const char *version, const char *message)
{
	size_t *total = context;

	*total += (size_t)kind + (size_t)type + strlen(name) + strlen(version) +
		  (message ? strlen(message) : 0);
}

/* Two names of each type, contents of one byte. */
static void change(struct xds_node *node, uint8_t what)
{
	enum resource_type type = (enum resource_type)(what % RESOURCE_TYPES);
	const char *name = what & 0x40 ? "a" : "b";
	uint8_t content = what & 0x03;

	if (what & 0x20)
		xds_node_remove(node, type, name);
	else
		xds_node_adopt(node, resource_new(type, name, &content, 1));
	xds_node_flush(node);
}

static void request(struct xds_stream *stream, struct input *input)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	size_t length = (size_t)next_byte(input) << 8;
	struct xds_request decoded;
	struct error err;

	length |= next_byte(input);
	if (length > input->size)
		length = input->size;
	if (xds_request_decode(arena, input->bytes, length, &decoded, &err) == 0)
		xds_stream_request(stream, &decoded, &err);
	input->bytes += length;
	input->size -= length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };
	size_t total = 0;
	const struct xds_node_output output = { on_event, &total };
	struct xds_node *node = xds_node_new(&output, next_byte(&input) & 1);
	struct xds_stream *streams[2];
	bool full[2] = { false, false };

	for (size_t i = 0; i < 2; i++)
		streams[i] = xds_stream_open(node, on_send, &full[i]);
	while (input.size) {
		uint8_t what = next_byte(&input);
		size_t i = what >> 1 & 1;

		if (what & 0x80)
			change(node, what);
		else if (what & 1)
			request(streams[i], &input);
		else if (what & 4) {
			full[i] = !full[i];
			xds_stream_flush(streams[i]);
		} else if (what & 8) {
			xds_stream_close(streams[i]);
			full[i] = false;
			streams[i] = xds_stream_open(node, on_send, &full[i]);
		} else
			xds_node_release(node);
	}
	for (size_t i = 0; i < 2; i++)
		xds_stream_close(streams[i]);
	xds_node_free(node);
	return 0;
}
