/* SPDX-License-Identifier: Apache-2.0 */
/* networking.k8s.io/v1 Ingress, and the older versions brought to its form. */
#pragma once

#include "api/metadata.h"

#define INGRESS_CLASS_ANNOTATION "kubernetes.io/ingress.class"

struct ingress_backend {
	const char *service; /* NULL: a resource backend, or none */
	int64_t port_number; /* 0: by name */
	const char *port_name;
	json_t *resource;
};

struct ingress_path {
	const char *path;
	const char *path_type;
	struct ingress_backend *backend;
};

struct ingress_http {
	LIST_OF(struct ingress_path) paths;
};

struct ingress_rule {
	const char *host; /* NULL or "": any */
	struct ingress_http *http;
};

struct ingress_tls {
	struct string_list hosts;
	const char *secret_name;
};

struct ingress {
	struct object_header header;
	const char *class_name;
	struct ingress_backend *default_backend;
	LIST_OF(struct ingress_rule) rules;
	LIST_OF(struct ingress_tls) tls;
	json_t *status;
};

extern const struct shape ingress_shape;

/* Rewrites an Ingress of extensions/v1beta1 or networking.k8s.io/v1beta1 in place to
 * networking.k8s.io/v1 (backend, serviceName, servicePort, pathType; the class annotation becomes the
 * field where that is absent). A v1 object, or what is no object, stays as it is. Idempotent. */
void ingress_upgrade(json_t *ingress);
