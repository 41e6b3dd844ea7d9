/* SPDX-License-Identifier: Apache-2.0 */
/* Gateway API Gateway. */
#pragma once

#include "api/metadata.h"

#define GATEWAY_GROUP "gateway.networking.k8s.io"
#define GATEWAY_CONTROLLER "kubelb.k8c.io/gateway-controller"
#define KUBELB_CLASS "kubelb"
/* What the agent puts in place of a reference that no ReferenceGrant permits. */
#define KIND_REF_NOT_PERMITTED "RefNotPermitted"

struct certificate_ref {
	const char *group; /* NULL: core */
	const char *kind;  /* NULL: Secret */
	const char *name;
	const char *namespace; /* NULL: the Gateway's own */
};

struct label_requirement {
	const char *key, *operator;
	struct string_list values;
};

struct label_selector {
	struct string_map match_labels;
	LIST_OF(struct label_requirement) match_expressions;
};

struct route_kind {
	const char *group; /* NULL: GATEWAY_GROUP */
	const char *kind;
};

struct allowed_routes {
	const char *from;		  /* NULL: Same */
	struct label_selector *selector;  /* NULL selects nothing */
	LIST_OF(struct route_kind) kinds; /* empty: those of the protocol */
};

struct gateway_tls {
	const char *mode; /* NULL: Terminate */
	LIST_OF(struct certificate_ref) certificate_refs;
	struct string_map options;
	json_t *frontend_validation;
};

struct gateway_listener {
	const char *name;
	const char *hostname; /* NULL or "": any */
	int64_t port;
	const char *protocol;
	struct gateway_tls *tls;
	struct allowed_routes allowed_routes;
};

struct gateway {
	struct object_header header;
	const char *class_name;
	LIST_OF(struct gateway_listener) listeners;
	json_t *addresses, *infrastructure, *allowed_listeners, *tls;
	const char *default_scope;
	json_t *status;
};

extern const struct shape gateway_shape;
extern const struct shape label_selector_shape;

/* metav1.LabelSelector: does it select an object with these labels? NULL selects nothing, an empty
 * selector everything. */
bool label_selector_matches(const struct label_selector *selector, const struct string_map *labels);
