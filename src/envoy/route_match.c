/* SPDX-License-Identifier: Apache-2.0 */
/* An IR match as Envoy's RouteMatch. */
#include "envoy/route_match.h"

#include <string.h>

/* Envoy matches a regular expression against the whole value. */
static json_t *regex(const char *pattern)
{
	return json_pack("{s:s}", "regex", pattern);
}

static json_t *value_match(const char *name, const char *value, bool is_regex)
{
	json_t *match = is_regex ? json_pack("{s:o}", "safe_regex", regex(value))
				 : json_pack("{s:s}", "exact", value);

	return json_pack("{s:s, s:o}", "name", name, "string_match", match);
}

static void add_prefix(json_t *json, const char *path)
{
	size_t length = strlen(path);

	while (length && path[length - 1] == '/')
		length--;
	if (length)
		json_object_set_new(json, "path_separated_prefix", json_stringn(path, length));
	else
		json_object_set_new(json, "prefix", json_string("/"));
}

static void add_path(json_t *json, const struct ir_match *match)
{
	switch (match->path_type) {
	case IR_PATH_PREFIX:
		add_prefix(json, match->path);
		break;
	case IR_PATH_EXACT:
		json_object_set_new(json, "path", json_string(match->path));
		break;
	case IR_PATH_REGEX:
		json_object_set_new(json, "safe_regex", regex(match->path));
		break;
	}
}

json_t *route_match_describe(const struct ir_match *match)
{
	json_t *json = json_object();
	json_t *headers = json_array();
	json_t *queries = json_array();

	add_path(json, match);
	if (match->method)
		json_array_append_new(headers, value_match(":method", match->method, false));
	if (match->authority_regex)
		json_array_append_new(headers,
				      value_match(":authority", match->authority_regex, true));
	for (size_t i = 0; i < match->headers.count; i++) {
		const struct ir_value_match *header = &match->headers.items[i];

		json_array_append_new(headers,
				      value_match(header->name, header->value, header->regex));
	}
	for (size_t i = 0; i < match->queries.count; i++) {
		const struct ir_value_match *query = &match->queries.items[i];

		json_array_append_new(queries,
				      value_match(query->name, query->value, query->regex));
	}
	if (json_array_size(headers))
		json_object_set(json, "headers", headers);
	if (json_array_size(queries))
		json_object_set(json, "query_parameters", queries);
	json_decref(headers);
	json_decref(queries);
	return json;
}
