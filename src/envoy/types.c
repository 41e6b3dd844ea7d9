/* SPDX-License-Identifier: Apache-2.0 */
/* The messages that may stand in an Any or be encoded by themselves. */
#include "envoy/types.h"

#include "base/str.h"
#include "envoy/proto/bootstrap.pb-c.h"
#include "envoy/proto/cluster.pb-c.h"
#include "envoy/proto/cookie_session.pb-c.h"
#include "envoy/proto/cors.pb-c.h"
#include "envoy/proto/downstream_connections.pb-c.h"
#include "envoy/proto/endpoint.pb-c.h"
#include "envoy/proto/file_access_log.pb-c.h"
#include "envoy/proto/fixed_heap.pb-c.h"
#include "envoy/proto/header_session.pb-c.h"
#include "envoy/proto/http_connection_manager.pb-c.h"
#include "envoy/proto/http_protocol_options.pb-c.h"
#include "envoy/proto/listener.pb-c.h"
#include "envoy/proto/previous_hosts.pb-c.h"
#include "envoy/proto/proxy_protocol.pb-c.h"
#include "envoy/proto/raw_buffer.pb-c.h"
#include "envoy/proto/route.pb-c.h"
#include "envoy/proto/router.pb-c.h"
#include "envoy/proto/stateful_session.pb-c.h"
#include "envoy/proto/tcp_proxy.pb-c.h"
#include "envoy/proto/tls.pb-c.h"
#include "envoy/proto/tls_inspector.pb-c.h"
#include "envoy/proto/udp_proxy.pb-c.h"

#define CONFIG(name) &envoy__config__##name##__descriptor
#define EXTENSION(name) &envoy__extensions__##name##__descriptor

static const ProtobufCMessageDescriptor *const types[] = {
	CONFIG(bootstrap__v3__bootstrap),
	CONFIG(cluster__v3__cluster),
	CONFIG(endpoint__v3__cluster_load_assignment),
	CONFIG(listener__v3__listener),
	CONFIG(route__v3__filter_config),
	CONFIG(route__v3__route_configuration),
	EXTENSION(access_loggers__file__v3__file_access_log),
	EXTENSION(filters__http__cors__v3__cors),
	EXTENSION(filters__http__cors__v3__cors_policy),
	EXTENSION(filters__http__router__v3__router),
	EXTENSION(filters__http__stateful_session__v3__stateful_session),
	EXTENSION(filters__http__stateful_session__v3__stateful_session_per_route),
	EXTENSION(filters__listener__tls_inspector__v3__tls_inspector),
	EXTENSION(filters__network__http_connection_manager__v3__http_connection_manager),
	EXTENSION(filters__network__tcp_proxy__v3__tcp_proxy),
	EXTENSION(filters__udp__udp_proxy__v3__route),
	EXTENSION(filters__udp__udp_proxy__v3__udp_proxy_config),
	EXTENSION(http__stateful_session__cookie__v3__cookie_based_session_state),
	EXTENSION(http__stateful_session__header__v3__header_based_session_state),
	EXTENSION(resource_monitors__downstream_connections__v3__downstream_connections_config),
	EXTENSION(resource_monitors__fixed_heap__v3__fixed_heap_config),
	EXTENSION(retry__host__previous_hosts__v3__previous_hosts_predicate),
	EXTENSION(transport_sockets__proxy_protocol__v3__proxy_protocol_upstream_transport),
	EXTENSION(transport_sockets__raw_buffer__v3__raw_buffer),
	EXTENSION(transport_sockets__tls__v3__downstream_tls_context),
	EXTENSION(transport_sockets__tls__v3__secret),
	EXTENSION(transport_sockets__tls__v3__upstream_tls_context),
	EXTENSION(upstreams__http__v3__http_protocol_options),
};

const ProtobufCMessageDescriptor *type_find(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (str_equal(types[i]->name, name))
			return types[i];
	}
	return NULL;
}
