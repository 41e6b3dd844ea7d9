/* SPDX-License-Identifier: Apache-2.0 */
/* An IR cluster as Envoy's Cluster and ClusterLoadAssignment, in proto3 JSON of the caller's. */
#pragma once

#include <jansson.h>

#include "translate/ir.h"

json_t *cluster_describe(const struct ir_cluster *cluster);
json_t *endpoints_describe(const struct ir_cluster *cluster);
