/* SPDX-License-Identifier: Apache-2.0 */
/* core/v1 Namespace: its name and labels. */
#pragma once

#include "api/metadata.h"

struct namespace
{
	struct object_header header;
};

extern const struct shape namespace_shape;
