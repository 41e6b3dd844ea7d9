/* SPDX-License-Identifier: Apache-2.0 */
/* Envoy's HttpConnectionManager with the settings of an edge, in proto3 JSON. */
#pragma once

#include <jansson.h>

/* The network filter that serves a RouteConfiguration; the caller's. */
json_t *connection_manager_describe(const char *stat_prefix, const char *routes);
