/* SPDX-License-Identifier: Apache-2.0 */
/* The table of kinds. */
#include "api/kind.h"

#include <stdio.h>
#include <string.h>

#include "api/addresses.h"
#include "api/config.h"
#include "api/gateway.h"
#include "api/gateway_class.h"
#include "api/grpc_route.h"
#include "api/http_route.h"
#include "api/ingress.h"
#include "api/layer4_route.h"
#include "api/load_balancer.h"
#include "api/namespace.h"
#include "api/reference_grant.h"
#include "api/route.h"
#include "api/secret.h"
#include "api/service.h"
#include "api/tenant.h"
#include "base/arena.h"
#include "base/str.h"

#define OURS               \
	KUBELB_GROUP,      \
	{                  \
		"v1alpha1" \
	}
#define GATEWAY_VERSIONS                                \
	{                                               \
		"v1", "v1beta1", "v1alpha2", "v1alpha3" \
	}

static const struct kind_info kinds[KINDS] = {
	[KIND_UNKNOWN] = { "", "", { NULL }, "", false, false, NULL },
	[KIND_LOAD_BALANCER] = { "LoadBalancer", OURS, "loadbalancers", true, false,
				 &load_balancer_shape },
	[KIND_ROUTE] = { "Route", OURS, "routes", true, false, NULL },
	[KIND_ADDRESSES] = { "Addresses", OURS, "addresses", true, false, &addresses_shape },
	[KIND_SYNC_SECRET] = { "SyncSecret", OURS, "syncsecrets", true, false, &sync_secret_shape },
	[KIND_TENANT] = { "Tenant", OURS, "tenants", true, true, &tenant_shape },
	[KIND_CONFIG] = { "Config", OURS, "configs", true, false, &config_shape },
	[KIND_INGRESS] = { "Ingress",
			   "networking.k8s.io",
			   { "v1", "v1beta1" },
			   "ingresses",
			   false,
			   false,
			   &ingress_shape },
	[KIND_GATEWAY] = { "Gateway", GATEWAY_GROUP, GATEWAY_VERSIONS, "gateways", false, false,
			   &gateway_shape },
	[KIND_HTTP_ROUTE] = { "HTTPRoute", GATEWAY_GROUP, GATEWAY_VERSIONS, "httproutes", false,
			      false, &http_route_shape },
	[KIND_GRPC_ROUTE] = { "GRPCRoute", GATEWAY_GROUP, GATEWAY_VERSIONS, "grpcroutes", false,
			      false, &grpc_route_shape },
	[KIND_SERVICE] = { "Service", "", { "v1" }, "services", false, false, &service_shape },
	[KIND_SECRET] = { "Secret", "", { "v1" }, "secrets", false, false, &secret_shape },
	[KIND_CONFIG_MAP] = { "ConfigMap",
			      "",
			      { "v1" },
			      "configmaps",
			      false,
			      false,
			      &config_map_shape },
	[KIND_REFERENCE_GRANT] = { "ReferenceGrant", GATEWAY_GROUP, GATEWAY_VERSIONS,
				   "referencegrants", false, false, &reference_grant_shape },
	[KIND_NAMESPACE] = { "Namespace",
			     "",
			     { "v1" },
			     "namespaces",
			     false,
			     true,
			     &namespace_shape },
	[KIND_TLS_ROUTE] = { "TLSRoute", GATEWAY_GROUP, GATEWAY_VERSIONS, "tlsroutes", false, false,
			     &tls_route_shape },
	[KIND_TCP_ROUTE] = { "TCPRoute", GATEWAY_GROUP, GATEWAY_VERSIONS, "tcproutes", false, false,
			     &tcp_route_shape },
	[KIND_UDP_ROUTE] = { "UDPRoute", GATEWAY_GROUP, GATEWAY_VERSIONS, "udproutes", false, false,
			     &tcp_route_shape },
	[KIND_GATEWAY_CLASS] = { "GatewayClass", GATEWAY_GROUP, GATEWAY_VERSIONS, "gatewayclasses",
				 false, true, &gateway_class_shape },
};

const struct kind_info *kind_info(enum kind kind)
{
	return &kinds[kind];
}

void *kind_decode(enum kind kind, const json_t *object, enum shape_unknown unknown,
		  struct problems *problems)
{
	const struct shape *shape = kinds[kind].shape;

	return shape ? shape_decode(shape, object, unknown, NULL, problems)
		     : (void *)route_decode(object, unknown, problems);
}

const char *group_of(const char *api_version, char *buffer, size_t size)
{
	const char *slash = api_version ? strchr(api_version, '/') : NULL;

	snprintf(buffer, size, "%.*s", slash ? (int)(slash - api_version) : 0,
		 slash ? api_version : "");
	return buffer;
}

enum kind kind_of_group(const char *group, const char *kind)
{
	/* The oldest Ingress lived in a group of its own. */
	if (str_equal(group, "extensions") && str_equal(kind, "Ingress"))
		return KIND_INGRESS;
	for (int k = 1; k < KINDS; k++)
		if (str_equal(kinds[k].kind, kind) && str_equal(kinds[k].group, group))
			return (enum kind)k;
	return KIND_UNKNOWN;
}

enum kind kind_find(const char *api_version, const char *kind)
{
	const char *version;
	char group[256];
	enum kind found;

	if (!api_version || !kind)
		return KIND_UNKNOWN;
	found = kind_of_group(group_of(api_version, group, sizeof(group)), kind);
	version = *group ? api_version + strlen(group) + 1 : api_version;
	if (str_equal(group, "extensions"))
		return str_equal(version, "v1beta1") ? found : KIND_UNKNOWN;
	return str_in(version, kinds[found].versions) ? found : KIND_UNKNOWN;
}

enum kind kind_of(const json_t *object)
{
	return kind_find(json_text(object, "apiVersion"), json_text(object, "kind"));
}

const char *kind_api_version(struct arena *arena, enum kind kind)
{
	const struct kind_info *info = &kinds[kind];

	return *info->group ? arena_printf(arena, "%s/%s", info->group, info->versions[0])
			    : info->versions[0];
}
