/* SPDX-License-Identifier: Apache-2.0 */
/* proto3 JSON to protobuf bytes, by protobuf-c's descriptors. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"

/* Appends the message of a type ("envoy.config.cluster.v3.Cluster") to out. Members are written as
 * in the .proto file (snake_case), a member that is null counts as absent. An unknown member, a
 * wrong type, a number out of range, two members of one oneof: ERROR_INVALID with the member's
 * path, and out as it was. Equal JSON gives equal bytes, whatever the order of its members. */
int encode(const char *type, const json_t *json, struct buf *out, struct error *err);
