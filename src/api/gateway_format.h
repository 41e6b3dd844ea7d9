/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of text that Gateway API alone prescribes, each by the pattern of its schema. */
#pragma once

#include "json/shape.h"

extern const struct shape_format format_header_value;	/* HTTPHeader.value */
extern const struct shape_format format_protocol;	/* ProtocolType */
extern const struct shape_format format_address_type;	/* AddressType */
extern const struct shape_format format_controller;	/* GatewayController */
extern const struct shape_format format_annotation_key; /* AnnotationKey, LabelKey */
extern const struct shape_format format_annotation;	/* AnnotationValue */
extern const struct shape_format format_label_value;	/* LabelValue */
extern const struct shape_format format_cors_origin;	/* CORSOrigin */
extern const struct shape_format format_url_path;	/* characters of a URL's path */

/* ^[A-Za-z_][A-Za-z_0-9]*$ (GRPCMethodMatch.method) */
bool is_grpc_method(const char *text);
/* The same with dots between, and perhaps one before. (GRPCMethodMatch.service) */
bool is_grpc_service(const char *text);
