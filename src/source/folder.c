/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of YAML as a source of objects: what is heard of it, and what is told. */
#include "source/folder.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utlist.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "source/tree.h"
#include "source/watch.h"

/* How often a folder that went away is looked for. */
#define VANISHED_MS 1000

struct folder {
	struct tree tree;
	struct watch *watch;
	void (*changed)(void *context, const char *tenant, bool settled);
	void *context;
	bool vanished;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A file that was just created is told of again when its writer closes it; a link, a FIFO and one more
 * name of a file that exists are not. */
static bool is_complete(const struct tree_folder *folder, const char *name)
{
	CLEANUP(free) char *path = tree_path(folder, name);
	struct stat st;

	return lstat(path, &st) == 0 && !(S_ISREG(st.st_mode) && st.st_nlink == 1);
}

static bool has_error(const struct tree_folder *folder, const char *name)
{
	const struct tree_file *file = tree_file_find(folder, name);

	return file && file->file.error;
}

static bool on_noted(void *context, void *owner, const char *name, enum watch_event event)
{
	struct folder *folder = context;
	struct tree_folder *at = owner;

	if (!at) {
		tree_note_all(&folder->tree);
		return true;
	}
	/* Kubernetes swaps the files of a volume by renaming one link, ..data. */
	if (str_has_prefix(name, ".."))
		return tree_note_links(at);
	if (name && (event == WATCH_CREATED   ? !is_complete(at, name)
		     : event == WATCH_TOUCHED ? !has_error(at, name)
					      : false))
		return false;
	tree_note(at, name);
	return true;
}

static void notify(struct folder *folder)
{
	struct tree_tenant *tenant, *next;

	HASH_FIND_STR(folder->tree.tenants, "", tenant);
	if (tenant->changed)
		folder->changed(folder->context, NULL, false);
	HASH_ITER(hh, folder->tree.tenants, tenant, next)
		if (tenant->changed && *tenant->name)
			folder->changed(folder->context, tenant->name, false);
	folder->changed(folder->context, NULL, true);
}

static void say_vanished(struct folder *folder, const struct error *err)
{
	if (!folder->vanished)
		log_error("%s; what was read of it stays in force until it is back", err->text);
	folder->vanished = true;
	watch_later(folder->watch, VANISHED_MS);
}

static void on_settled(void *context)
{
	struct folder *folder = context;
	struct error err;

	if (tree_update(&folder->tree, now_ms(), &err) < 0) {
		say_vanished(folder, &err);
		return;
	}
	if (folder->vanished)
		log_info("%s: the folder is back", folder->tree.root.path);
	folder->vanished = false;
	if (folder->tree.emptied)
		watch_later(folder->watch, EMPTY_MS / 4);
	if (!folder->tree.changed)
		return;
	notify(folder);
	tree_settle(&folder->tree);
}

void folder_look(struct folder *folder)
{
	tree_note_all(&folder->tree);
	on_settled(folder);
}

int folder_new(struct event_base *base, const char *path,
	       void (*changed)(void *context, const char *tenant, bool settled), void *context,
	       struct folder **ret, struct error *err)
{
	CLEANUP(folder_free) struct folder *folder = memory_new(1, sizeof(*folder));
	struct watch_hooks hooks = { on_noted, on_settled, folder };
	int r;

	folder->changed = changed;
	folder->context = context;
	tree_init(&folder->tree, path);
	if (base) {
		r = watch_new(base, &hooks, &folder->watch, err);
		if (r < 0)
			return r;
		folder->tree.watch = folder->watch;
	}
	r = tree_update(&folder->tree, now_ms(), err);
	if (r < 0)
		return r;
	tree_settle(&folder->tree);
	*ret = take(folder);
	return 0;
}

void folder_free(struct folder *folder)
{
	if (!folder)
		return;
	watch_free(folder->watch);
	folder->tree.watch = NULL;
	tree_done(&folder->tree);
	free(folder);
}

static int by_path(const void *a, const void *b)
{
	const struct tree_file *const *x = a, *const *y = b;

	return strcmp((*x)->file.path, (*y)->file.path);
}

void folder_visit(const struct folder *folder, const char *tenant,
		  void (*visit)(void *context, const struct folder_file *file), void *context)
{
	CLEANUP(free) const struct tree_file **files = NULL;
	const char *name = tenant ? tenant : "";
	const struct tree_tenant *found;
	const struct tree_file *file;
	size_t count = 0, i = 0;

	HASH_FIND_STR(folder->tree.tenants, name, found);
	if (!found)
		return;
	DL_COUNT(found->files, file, count);
	files = memory_new(count + 1, sizeof(const struct tree_file *));
	DL_FOREACH(found->files, file)
	files[i++] = file;
	qsort(files, count, sizeof(const struct tree_file *), by_path);
	for (i = 0; i < count; i++)
		visit(context, &files[i]->file);
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

void folder_tenants(const struct folder *folder, void (*visit)(void *context, const char *tenant),
		    void *context)
{
	size_t count = 0, most = HASH_COUNT(folder->tree.tenants);
	CLEANUP(free) const char **names = memory_new(most + 1, sizeof(*names));
	const struct tree_tenant *tenant, *next;

	HASH_ITER(hh, folder->tree.tenants, tenant, next)
		if (*tenant->name && tenant->folders)
			names[count++] = tenant->name;
	qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count; i++)
		visit(context, names[i]);
}
