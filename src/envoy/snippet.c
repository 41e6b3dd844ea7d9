/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of proto3 JSON that several kinds of resources hold. */
#include "envoy/snippet.h"

json_t *snippet_any(const char *type, json_t *fields)
{
	json_t *any = json_object();

	json_object_set_new(any, "@type", json_sprintf("type.googleapis.com/%s", type));
	json_object_update_new(any, fields);
	return any;
}

json_t *snippet_extension(const char *name, const char *type, json_t *fields)
{
	return json_pack("{s:s, s:o}", "name", name, "typed_config", snippet_any(type, fields));
}

json_t *snippet_ads(void)
{
	return json_pack("{s:{}, s:s}", "ads", "resource_api_version", "V3");
}

json_t *snippet_address(const char *ip, uint16_t port, bool udp)
{
	json_t *socket = json_pack("{s:s, s:i}", "address", ip, "port_value", (int)port);

	if (udp)
		json_object_set_new(socket, "protocol", json_string("UDP"));
	return json_pack("{s:o}", "socket_address", socket);
}

json_t *snippet_duration(uint32_t milliseconds)
{
	if (milliseconds % 1000 == 0)
		return json_sprintf("%us", milliseconds / 1000);
	return json_sprintf("%u.%03us", milliseconds / 1000, milliseconds % 1000);
}
