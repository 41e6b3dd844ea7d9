/* SPDX-License-Identifier: Apache-2.0 */
/* One encoded Envoy resource: immutable and counted. */
#include "envoy/resource.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "net/digest.h"

static const char *const type_urls[RESOURCE_TYPES] = {
	[RESOURCE_CLUSTER] = "type.googleapis.com/envoy.config.cluster.v3.Cluster",
	[RESOURCE_ENDPOINTS] = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
	[RESOURCE_SECRET] = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
	[RESOURCE_LISTENER] = "type.googleapis.com/envoy.config.listener.v3.Listener",
	[RESOURCE_ROUTES] = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
};

const char *resource_type_url(enum resource_type type)
{
	return type_urls[type];
}

static void write_version(char version[17], const unsigned char *bytes, size_t size)
{
	char digest[DIGEST_HEX_SIZE];

	digest_hex(bytes, size, digest);
	snprintf(version, 17, "%.16s", digest);
}

struct resource *resource_new(enum resource_type type, const char *name, const void *bytes,
			      size_t size)
{
	size_t length = strlen(name) + 1;
	/* One block: the struct, the message, the name. */
	struct resource *resource = memory_new(1, sizeof(*resource) + size + length);
	unsigned char *data = (unsigned char *)(resource + 1);

	if (size)
		memcpy(data, bytes, size);
	memcpy(data + size, name, length);
	resource->type = type;
	resource->references = 1;
	resource->size = size;
	resource->bytes = data;
	resource->name = (const char *)data + size;
	write_version(resource->version, data, size);
	return resource;
}

struct resource *resource_ref(struct resource *resource)
{
	__atomic_add_fetch(&resource->references, 1, __ATOMIC_RELAXED);
	return resource;
}

void resource_unref(struct resource *resource)
{
	if (resource && __atomic_sub_fetch(&resource->references, 1, __ATOMIC_ACQ_REL) == 0)
		free(resource);
}
