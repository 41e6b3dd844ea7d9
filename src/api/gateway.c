/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API Gateway. */
#include "api/gateway.h"

#include "api/format.h"
#include "api/gateway_format.h"
#include "api/gateway_spec.h"
#include "base/str.h"

static const char *const froms[] = { "All", "Selector", "Same", NULL };
static const char *const modes[] = { "Terminate", "Passthrough", NULL };
static const char *const operators[] = { "In", "NotIn", "Exists", "DoesNotExist", NULL };

static const struct shape_field certificate_ref_fields[] = {
	FIELD(struct certificate_ref, "group", group, SHAPE_STRING, .format = &format_group),
	FIELD(struct certificate_ref, "kind", kind, SHAPE_STRING, .format = &format_kind),
	FIELD(struct certificate_ref, "name", name, SHAPE_STRING, .required = true, .min = 1,
	      .max = 253),
	FIELD(struct certificate_ref, "namespace", namespace, SHAPE_STRING,
	      .format = &format_dns_label),
	{ 0 },
};
static const struct shape certificate_ref_shape = { sizeof(struct certificate_ref),
						    certificate_ref_fields, NULL, false };

static const struct shape_field tls_fields[] = {
	FIELD(struct gateway_tls, "mode", mode, SHAPE_STRING, .values = modes),
	FIELD(struct gateway_tls, "certificateRefs", certificate_refs, SHAPE_LIST,
	      .of = &certificate_ref_shape, .max = 64),
	FIELD(struct gateway_tls, "options", options, SHAPE_MAP, .max = 16,
	      .format = &format_annotation),
	FIELD(struct gateway_tls, "frontendValidation", frontend_validation, SHAPE_RAW),
	{ 0 },
};
static const struct shape tls_shape = { sizeof(struct gateway_tls), tls_fields, NULL, false };

static const struct shape_field requirement_fields[] = {
	FIELD(struct label_requirement, "key", key, SHAPE_STRING, .required = true),
	FIELD(struct label_requirement, "operator", operator, SHAPE_STRING, .required = true,
	      .values = operators),
	FIELD(struct label_requirement, "values", values, SHAPE_STRINGS),
	{ 0 },
};
static const struct shape requirement_shape = { sizeof(struct label_requirement),
						requirement_fields, NULL, false };

static const struct shape_field selector_fields[] = {
	FIELD(struct label_selector, "matchLabels", match_labels, SHAPE_MAP),
	FIELD(struct label_selector, "matchExpressions", match_expressions, SHAPE_LIST,
	      .of = &requirement_shape, .max = 64),
	{ 0 },
};
const struct shape label_selector_shape = { sizeof(struct label_selector), selector_fields, NULL,
					    false };

static const struct shape_field kind_fields[] = {
	FIELD(struct route_kind, "group", group, SHAPE_STRING, .format = &format_group),
	FIELD(struct route_kind, "kind", kind, SHAPE_STRING, .required = true,
	      .format = &format_kind),
	{ 0 },
};
static const struct shape kind_shape = { sizeof(struct route_kind), kind_fields, NULL, false };

static const struct shape_field namespaces_fields[] = {
	FIELD(struct allowed_routes, "from", from, SHAPE_STRING, .values = froms),
	FIELD(struct allowed_routes, "selector", selector, SHAPE_POINTER,
	      .of = &label_selector_shape),
	{ 0 },
};
static const struct shape namespaces_shape = { sizeof(struct allowed_routes), namespaces_fields,
					       NULL, false };

static const struct shape_field allowed_fields[] = {
	{ .name = "namespaces", .type = SHAPE_OBJECT, .of = &namespaces_shape },
	FIELD(struct allowed_routes, "kinds", kinds, SHAPE_LIST, .of = &kind_shape, .max = 8),
	{ 0 },
};
static const struct shape allowed_shape = { sizeof(struct allowed_routes), allowed_fields, NULL,
					    false };

static const struct shape_field listener_fields[] = {
	FIELD(struct gateway_listener, "name", name, SHAPE_STRING, .required = true,
	      .format = &format_dns_subdomain),
	FIELD(struct gateway_listener, "hostname", hostname, SHAPE_STRING, .min = 1, .max = 253),
	FIELD(struct gateway_listener, "port", port, SHAPE_INT, .required = true, .min = 1,
	      .max = 65535),
	FIELD(struct gateway_listener, "protocol", protocol, SHAPE_STRING, .required = true,
	      .min = 1, .max = 255, .format = &format_protocol),
	FIELD(struct gateway_listener, "tls", tls, SHAPE_POINTER, .of = &tls_shape),
	FIELD(struct gateway_listener, "allowedRoutes", allowed_routes, SHAPE_OBJECT,
	      .of = &allowed_shape),
	{ 0 },
};
static const struct shape listener_shape = { sizeof(struct gateway_listener), listener_fields, NULL,
					     false };

/* Beside its name, a listener has port, protocol and hostname to itself. */
static void check_listeners(const void *items, size_t count, const struct path *path,
			    struct problems *problems)
{
	const struct gateway_listener *listeners = items;

	for (size_t i = 0; i < count; i++) {
		const struct gateway_listener *a = &listeners[i];
		struct path at = path_index(path, i);

		for (size_t j = 0; a->port && a->protocol && j < i; j++) {
			const struct gateway_listener *b = &listeners[j];

			if (a->port != b->port || !str_equal(a->protocol, b->protocol) ||
			    !str_equal(a->hostname ? a->hostname : "",
				       b->hostname ? b->hostname : ""))
				continue;
			problems_add(problems, "API001", PROBLEM_DUPLICATE, &at, a->name,
				     "port, protocol and hostname together must be unique");
			break;
		}
	}
}

static const struct shape_field spec_fields[] = {
	FIELD(struct gateway, "gatewayClassName", class_name, SHAPE_STRING, .required = true,
	      .min = 1, .max = 253),
	FIELD(struct gateway, "listeners", listeners, SHAPE_LIST, .of = &listener_shape,
	      .required = true, .min = 1, .max = 64, .map_key = "name",
	      .check_items = check_listeners),
	FIELD(struct gateway, "addresses", addresses, SHAPE_RAW_LIST, .of = &gateway_address_shape,
	      .max = 16, .check_items = gateway_addresses_check),
	FIELD(struct gateway, "infrastructure", infrastructure, SHAPE_RAW,
	      .of = &gateway_infrastructure_shape),
	FIELD(struct gateway, "allowedListeners", allowed_listeners, SHAPE_RAW,
	      .of = &gateway_allowed_listeners_shape),
	FIELD(struct gateway, "tls", tls, SHAPE_RAW, .of = &gateway_spec_tls_shape),
	FIELD(struct gateway, "defaultScope", default_scope, SHAPE_STRING,
	      .values = default_gateway_scopes),
	{ 0 },
};
static const struct shape spec_shape = { sizeof(struct gateway), spec_fields, NULL, false };

static const struct shape_field fields[] = {
	HEADER_FIELDS(struct gateway),
	{ .name = "spec", .type = SHAPE_OBJECT, .of = &spec_shape, .required = true },
	FIELD(struct gateway, "status", status, SHAPE_RAW),
	{ 0 },
};
const struct shape gateway_shape = { sizeof(struct gateway), fields, NULL, false };

static bool requirement_holds(const struct label_requirement *requirement,
			      const struct string_map *labels)
{
	const char *value = string_map_get(labels, requirement->key);
	bool listed = false;

	for (size_t i = 0; value && i < requirement->values.count; i++)
		listed = listed || str_equal(value, requirement->values.items[i]);
	if (str_equal(requirement->operator, "In"))
		return listed;
	if (str_equal(requirement->operator, "NotIn"))
		return !listed;
	return str_equal(requirement->operator, "Exists") ? value != NULL : value == NULL;
}

bool label_selector_matches(const struct label_selector *selector, const struct string_map *labels)
{
	if (!selector)
		return false;
	for (size_t i = 0; i < selector->match_labels.count; i++)
		if (!str_equal(string_map_get(labels, selector->match_labels.items[i].key),
			       selector->match_labels.items[i].value))
			return false;
	for (size_t i = 0; i < selector->match_expressions.count; i++)
		if (!requirement_holds(&selector->match_expressions.items[i], labels))
			return false;
	return true;
}
