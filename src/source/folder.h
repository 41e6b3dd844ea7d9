/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of YAML as a source of objects: read, watched, and the last readable state kept. */
#pragma once

#include "base/error.h"
#include "source/manifest.h"

struct event_base;
struct folder;

struct folder_file {
	/* As the user would write it: DIR/tenant/file.yaml; with an error also a folder. */
	const char *path;
	const char *tenant; /* "x", a leading "tenant-" stripped; NULL: the operator's */
	struct folder_document *documents; /* of the last content that could be read */
	size_t count;
	const char *error;   /* why the content now there cannot be read; NULL: it can */
	unsigned error_line; /* 0: none */
};

/* Reads the whole folder once. base NULL: no watching (`check`, `run --once`). changed() is called
 * on the loop after each settled change, with the tenant whose files changed (NULL: the operator's),
 * once per tenant and the operator first, then once with NULL and settled true. It may visit, but not
 * free. A folder that goes away later is logged, and its last state stays until it is back. */
int folder_new(struct event_base *base, const char *path,
	       void (*changed)(void *context, const char *tenant, bool settled), void *context,
	       struct folder **ret, struct error *err);
void folder_free(struct folder *folder);
CLEANUP_DEFINE(folder_free, struct folder *)

/* Looks at every file now, whatever was heard; calls changed() as ever if there is something new. */
void folder_look(struct folder *folder);

/* The files of a tenant (NULL: the operator's) in the order of their paths; borrowed until the loop
 * runs again. */
void folder_visit(const struct folder *folder, const char *tenant,
		  void (*visit)(void *context, const struct folder_file *file), void *context);

/* Every tenant that has a folder, in order. */
void folder_tenants(const struct folder *folder, void (*visit)(void *context, const char *tenant),
		    void *context);
