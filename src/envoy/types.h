/* SPDX-License-Identifier: Apache-2.0 */
/* The messages that may stand in an Any or be encoded by themselves. */
#pragma once

#include <protobuf-c/protobuf-c.h>

/* By full name: "envoy.config.cluster.v3.Cluster". NULL: no such message here. */
const ProtobufCMessageDescriptor *type_find(const char *name);
