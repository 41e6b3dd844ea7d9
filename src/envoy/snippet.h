/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of proto3 JSON that several kinds of resources hold. Each is the caller's. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The fields (taken over) of a message for an Any: type is its full name. */
json_t *snippet_any(const char *type, json_t *fields);

/* {"name": …, "typed_config": …}: what stands in every extension slot. */
json_t *snippet_extension(const char *name, const char *type, json_t *fields);

/* ConfigSource: this same stream. */
json_t *snippet_ads(void);

/* Address. */
json_t *snippet_address(const char *ip, uint16_t port, bool udp);

/* Duration: 1500 is "1.500s", 0 is "0s". */
json_t *snippet_duration(uint32_t milliseconds);
