/* SPDX-License-Identifier: Apache-2.0 */
/* The one generator: IR to Envoy's resources. */
#pragma once

#include "base/error.h"
#include "envoy/resource.h"
#include "translate/ir.h"
#include "json/read.h"

struct resource_list {
	struct resource **items; /* a reference each, the list's */
	size_t count;
};

void resource_list_done(struct resource_list *list);

/* Appends a Cluster and a ClusterLoadAssignment per IR cluster, a Secret, a Listener and a
 * RouteConfiguration per IR secret, listener and routes. An error is a fault of ours, not input. */
int envoy_generate(const struct ir *ir, struct resource_list *ret, struct error *err);

/* The same before encoding: {"cluster": {name: {…}}, "endpoints": …, "secret": …, "listener": …,
 * "routes": …}, for golden files. The caller's. */
json_t *envoy_describe(const struct ir *ir);
