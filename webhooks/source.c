/* SPDX-License-Identifier: Apache-2.0 */
/* One embedded object of a Route while it is judged. */
#include "webhooks/source.h"

#include <stdarg.h>
#include <stdio.h>

void source_init(struct source *source, struct admission *admission, const struct route *route,
		 const struct route_source *embedded)
{
	source->admission = admission;
	source->route = route;
	source->embedded = embedded;
	source->namespace = source_namespace(route, embedded);
	source->root = path_key(NULL, "spec");
	source->parent = path_key(&source->root, "source");
	source->kubernetes = path_key(&source->parent, "kubernetes");
	source->list = path_key(&source->kubernetes, "ingresses");
	source->object = embedded->pre_scoped ? path_index(&source->list, embedded->index)
					      : path_key(&source->kubernetes, "resource");
	source->metadata = path_key(&source->object, "metadata");
	source->spec = path_key(&source->object, "spec");
}

void source_invalid(const struct source *source, enum problem_type type, const struct path *path,
		    const char *value, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	problems_add(&source->admission->problems, "API001", type, path, value, "%s", text);
}
