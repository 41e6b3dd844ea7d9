/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a Gateway's spec that are judged by their schema and not acted on. */
#include "api/gateway_spec.h"

#include "api/format.h"
#include "api/gateway_format.h"
#include "base/str.h"
#include "net/address.h"

static const char *const froms[] = { "All", "Selector", "Same", "None", NULL };
static const char *const modes[] = { "AllowValidOnly", "AllowInsecureFallback", NULL };

#define PARAMETERS_FIELDS                                                                        \
	FIELD(struct object_ref, "group", group, SHAPE_STRING, .required = true,                 \
	      .format = &format_group),                                                          \
		FIELD(struct object_ref, "kind", kind, SHAPE_STRING, .required = true,           \
		      .format = &format_kind),                                                   \
		FIELD(struct object_ref, "name", name, SHAPE_STRING, .required = true, .min = 1, \
		      .max = 253)

static const struct shape_field local_parameters_ref_fields[] = {
	PARAMETERS_FIELDS,
	{ 0 },
};
const struct shape local_parameters_ref_shape = { sizeof(struct object_ref),
						  local_parameters_ref_fields, NULL, false };

static const struct shape_field parameters_ref_fields[] = {
	PARAMETERS_FIELDS,
	FIELD(struct object_ref, "namespace", namespace, SHAPE_STRING, .format = &format_dns_label),
	{ 0 },
};
const struct shape parameters_ref_shape = { sizeof(struct object_ref), parameters_ref_fields, NULL,
					    false };

struct gateway_address {
	const char *type, *value;
};

static const char *address_type(const struct gateway_address *address)
{
	return address->type ? address->type : "IPAddress";
}

/* An address without value asks for any of its type. */
static void check_address(const void *decoded, const struct path *path, struct problems *problems)
{
	const struct gateway_address *address = decoded;
	const char *name = address->value;
	struct path value = path_key(path, "value");
	struct address parsed;

	if (!address->value)
		return;
	if (str_equal(address_type(address), "IPAddress") &&
	    !address_parse(address->value, &parsed))
		problems_add(problems, "API001", PROBLEM_INVALID, &value, address->value,
			     "must be an IPv4 or IPv6 address");
	else if (str_equal(address_type(address), "Hostname") &&
		 !format_dns_subdomain.fits(str_has_prefix(name, "*.") ? name + 2 : name))
		problems_add(problems, "API001", PROBLEM_INVALID, &value, name, "must be %s",
			     format_hostname.wanted);
}

static const struct shape_field address_fields[] = {
	FIELD(struct gateway_address, "type", type, SHAPE_STRING, .min = 1, .max = 253,
	      .format = &format_address_type),
	FIELD(struct gateway_address, "value", value, SHAPE_STRING, .max = 253),
	{ 0 },
};
const struct shape gateway_address_shape = { sizeof(struct gateway_address), address_fields,
					     check_address, false };

/* Those of which the schema says so: IP addresses and hostnames. */
void gateway_addresses_check(const void *items, size_t count, const struct path *path,
			     struct problems *problems)
{
	static const char *const types[] = { "IPAddress", "Hostname", NULL };
	const struct gateway_address *addresses = items;

	for (size_t i = 0; i < count; i++) {
		const struct gateway_address *a = &addresses[i];
		struct path at = path_index(path, i);

		for (size_t j = 0; a->value && str_in(address_type(a), types) && j < i; j++) {
			if (!str_equal(a->value, addresses[j].value) ||
			    !str_equal(address_type(a), address_type(&addresses[j])))
				continue;
			problems_add(problems, "API001", PROBLEM_DUPLICATE, &at, a->value,
				     "stands in the list already");
			break;
		}
	}
}

struct infrastructure {
	struct string_map labels, annotations;
	json_t *parameters_ref;
};

static const struct shape_field infrastructure_fields[] = {
	FIELD(struct infrastructure, "labels", labels, SHAPE_MAP, .max = 8,
	      .keys = &format_annotation_key, .format = &format_label_value),
	FIELD(struct infrastructure, "annotations", annotations, SHAPE_MAP, .max = 16,
	      .keys = &format_annotation_key, .format = &format_annotation),
	FIELD(struct infrastructure, "parametersRef", parameters_ref, SHAPE_RAW,
	      .of = &local_parameters_ref_shape),
	{ 0 },
};
const struct shape gateway_infrastructure_shape = { sizeof(struct infrastructure),
						    infrastructure_fields, NULL, false };

static const struct shape_field listener_namespaces_fields[] = {
	FIELD(struct allowed_routes, "from", from, SHAPE_STRING, .values = froms),
	FIELD(struct allowed_routes, "selector", selector, SHAPE_POINTER,
	      .of = &label_selector_shape),
	{ 0 },
};
static const struct shape listener_namespaces_shape = { sizeof(struct allowed_routes),
							listener_namespaces_fields, NULL, false };

static const struct shape_field allowed_listeners_fields[] = {
	{ .name = "namespaces", .type = SHAPE_OBJECT, .of = &listener_namespaces_shape },
	{ 0 },
};
const struct shape gateway_allowed_listeners_shape = { sizeof(struct allowed_routes),
						       allowed_listeners_fields, NULL, false };

struct spec_tls {
	json_t *backend, *frontend, *fallback, *validation, *client_certificate;
	json_t *ports;
	int64_t port;
	const char *mode;
	json_t *tls, *authorities;
};

#define REF_FIELDS(is_required)                                                                  \
	FIELD(struct object_ref, "group", group, SHAPE_STRING, .required = (is_required),        \
	      .format = &format_group),                                                          \
		FIELD(struct object_ref, "kind", kind, SHAPE_STRING, .required = (is_required),  \
		      .format = &format_kind),                                                   \
		FIELD(struct object_ref, "name", name, SHAPE_STRING, .required = true, .min = 1, \
		      .max = 253),                                                               \
		FIELD(struct object_ref, "namespace", namespace, SHAPE_STRING,                   \
		      .format = &format_dns_label)

static const struct shape_field client_certificate_fields[] = {
	REF_FIELDS(false),
	{ 0 },
};
static const struct shape client_certificate_shape = { sizeof(struct object_ref),
						       client_certificate_fields, NULL, false };

static const struct shape_field authority_fields[] = {
	REF_FIELDS(true),
	{ 0 },
};
static const struct shape authority_shape = { sizeof(struct object_ref), authority_fields, NULL,
					      false };

static const struct shape_field validation_fields[] = {
	FIELD(struct spec_tls, "caCertificateRefs", authorities, SHAPE_RAW_LIST,
	      .of = &authority_shape, .required = true, .min = 1, .max = 16),
	FIELD(struct spec_tls, "mode", mode, SHAPE_STRING, .values = modes),
	{ 0 },
};
static const struct shape validation_shape = { sizeof(struct spec_tls), validation_fields, NULL,
					       false };

static const struct shape_field frontend_tls_fields[] = {
	FIELD(struct spec_tls, "validation", validation, SHAPE_RAW, .of = &validation_shape),
	{ 0 },
};
static const struct shape frontend_tls_shape = { sizeof(struct spec_tls), frontend_tls_fields, NULL,
						 false };

static const struct shape_field port_fields[] = {
	FIELD(struct spec_tls, "port", port, SHAPE_INT, .required = true, .min = 1, .max = 65535),
	FIELD(struct spec_tls, "tls", tls, SHAPE_RAW, .of = &frontend_tls_shape, .required = true),
	{ 0 },
};
static const struct shape port_shape = { sizeof(struct spec_tls), port_fields, NULL, false };

static const struct shape_field frontend_fields[] = {
	FIELD(struct spec_tls, "default", fallback, SHAPE_RAW, .of = &frontend_tls_shape,
	      .required = true),
	FIELD(struct spec_tls, "perPort", ports, SHAPE_RAW_LIST, .of = &port_shape, .max = 64,
	      .map_key = "port"),
	{ 0 },
};
static const struct shape frontend_shape = { sizeof(struct spec_tls), frontend_fields, NULL,
					     false };

static const struct shape_field backend_fields[] = {
	FIELD(struct spec_tls, "clientCertificateRef", client_certificate, SHAPE_RAW,
	      .of = &client_certificate_shape),
	{ 0 },
};
static const struct shape backend_shape = { sizeof(struct spec_tls), backend_fields, NULL, false };

static const struct shape_field spec_tls_fields[] = {
	FIELD(struct spec_tls, "backend", backend, SHAPE_RAW, .of = &backend_shape),
	FIELD(struct spec_tls, "frontend", frontend, SHAPE_RAW, .of = &frontend_shape),
	{ 0 },
};
const struct shape gateway_spec_tls_shape = { sizeof(struct spec_tls), spec_tls_fields, NULL,
					      false };
