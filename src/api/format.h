/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of text that Kubernetes and Gateway API prescribe, for shape tables and for rules. */
#pragma once

#include "json/shape.h"

extern const struct shape_format format_dns_label;	       /* RFC 1123 label, 1..63 */
extern const struct shape_format format_dns_subdomain;	       /* RFC 1123 subdomain, 1..253 */
extern const struct shape_format format_dns_subdomain_or_none; /* the same, or empty */
extern const struct shape_format format_hostname;    /* subdomain, or "*." before one; no IP */
extern const struct shape_format format_group;	     /* subdomain or empty */
extern const struct shape_format format_kind;	     /* Gateway API Kind */
extern const struct shape_format format_header_name; /* Gateway API HTTPHeaderName */
extern const struct shape_format format_port_name; /* IANA_SVC_NAME: 1..15, [a-z0-9-], one letter */
extern const struct shape_format format_port_name_or_none; /* the same, or empty */
extern const struct shape_format format_path_segment;
extern const struct shape_format format_duration;      /* Gateway API Duration (GEP-2257) */
extern const struct shape_format format_time;	       /* RFC 3339 */
extern const struct shape_format format_absolute_path; /* starts with "/" */

/* A Gateway API Duration in milliseconds; -1 when it is none. */
int64_t duration_ms(const char *text);

/* An RFC 3339 time in ns since 1970; a fraction of a second is cut off. False when it is none, or NULL. */
bool time_parse(const char *text, int64_t *ret);
