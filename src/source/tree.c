/* SPDX-License-Identifier: Apache-2.0 */
/* The files below a folder: what was noted is looked at, folders are listed. */
#include "source/tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "source/watch.h"

struct tree_tenant *tree_tenant_get(struct tree *tree, const char *name)
{
	struct tree_tenant *tenant;

	HASH_FIND_STR(tree->tenants, name, tenant);
	if (tenant)
		return tenant;
	tenant = memory_new(1, sizeof(*tenant));
	tenant->name = memory_strdup(name);
	HASH_ADD_KEYPTR(hh, tree->tenants, tenant->name, strlen(tenant->name), tenant);
	return tenant;
}

void tree_init(struct tree *tree, const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	*tree = (struct tree){ 0 };
	tree->root.tree = tree;
	tree->root.path = memory_strdup(path);
	tree->root.path[length] = '\0';
	tree->root.tenant = tree_tenant_get(tree, "");
	tree->root.tenant->folders = 1;
	tree->root.stale = true;
}

static void notes_forget(struct tree_folder *folder)
{
	struct tree_note *note, *next;

	HASH_ITER(hh, folder->notes, note, next) {
		HASH_DEL(folder->notes, note);
		free(note->name);
		free(note);
	}
}

static void folder_empty(struct tree_folder *folder)
{
	struct tree_file *file, *next_file;
	struct tree_folder *below, *next;

	HASH_ITER(hh, folder->files, file, next_file)
		tree_file_remove(file);
	HASH_ITER(hh, folder->folders, below, next)
		tree_folder_remove(below);
	notes_forget(folder);
	if (folder->tree->watch)
		watch_forget(folder->tree->watch, folder, NULL);
}

void tree_folder_remove(struct tree_folder *folder)
{
	struct tree_file *fault = tree_file_find(folder->parent, folder->name);

	folder_empty(folder);
	if (fault)
		tree_file_remove(fault);
	if (folder->link && folder->tree->watch)
		watch_forget(folder->tree->watch, folder->parent, folder->name);
	if (!folder->parent->parent) {
		folder->tenant->folders--;
		folder->tenant->changed = folder->tree->changed = true;
	}
	folder->tree->folders--;
	HASH_DEL(folder->parent->folders, folder);
	free(folder->path);
	free(folder->name);
	free(folder);
}

void tree_done(struct tree *tree)
{
	struct tree_tenant *tenant, *next;

	folder_empty(&tree->root);
	free(tree->root.path);
	HASH_ITER(hh, tree->tenants, tenant, next) {
		HASH_DEL(tree->tenants, tenant);
		free(tenant->name);
		free(tenant);
	}
}

void tree_note(struct tree_folder *folder, const char *name)
{
	struct tree_note *note;

	if (!name) {
		folder->stale = true;
		return;
	}
	HASH_FIND_STR(folder->notes, name, note);
	if (note)
		return;
	note = memory_new(1, sizeof(*note));
	note->name = memory_strdup(name);
	HASH_ADD_KEYPTR(hh, folder->notes, note->name, strlen(note->name), note);
}

void tree_note_below(struct tree_folder *folder)
{
	struct tree_folder *below, *next;

	folder->stale = true;
	HASH_ITER(hh, folder->folders, below, next)
		tree_note_below(below);
}

void tree_note_all(struct tree *tree)
{
	tree_note_below(&tree->root);
}

bool tree_note_links(struct tree_folder *folder)
{
	struct tree_file *file, *next_file;
	struct tree_folder *below, *next;
	bool any = false;

	HASH_ITER(hh, folder->files, file, next_file)
		if (file->link) {
			tree_note(folder, file->name);
			any = true;
		}
	HASH_ITER(hh, folder->folders, below, next)
		if (below->link) {
			tree_note(folder, below->name);
			any = true;
		}
	return any;
}

static void folder_sweep(struct tree_folder *folder)
{
	struct tree_file *file, *next_file;
	struct tree_folder *below, *next;

	HASH_ITER(hh, folder->folders, below, next)
		if (!below->seen)
			tree_folder_remove(below);
	HASH_ITER(hh, folder->files, file, next_file)
		if (!file->seen)
			tree_file_remove(file);
}

static void folder_unseen(struct tree_folder *folder)
{
	struct tree_file *file, *next_file;
	struct tree_folder *below, *next;

	HASH_ITER(hh, folder->folders, below, next)
		below->seen = false;
	HASH_ITER(hh, folder->files, file, next_file)
		file->seen = false;
}

/* A folder that cannot be listed keeps what was read of it. One that is gone is its parent's to
 * notice. */
static void list_failed(struct tree_folder *folder, int number)
{
	if (number == ENOENT || number == ENOTDIR)
		return;
	if (folder->parent)
		tree_file_fault(folder->parent, folder->name, folder->link,
				"the folder cannot be read: %s", strerror(number));
	else
		log_error("%s: the folder cannot be read: %s", folder->path, strerror(number));
}

static void folder_list(struct tree_folder *folder)
{
	struct tree_file *fault = NULL;
	const struct dirent *entry;
	DIR *dir;

	/* Before it is read, so that nothing falls between. */
	if (folder->tree->watch)
		watch_folder(folder->tree->watch, folder->path, folder);
	dir = opendir(folder->path);
	if (!dir) {
		list_failed(folder, errno);
		return;
	}
	if (folder->parent)
		fault = tree_file_find(folder->parent, folder->name);
	if (fault)
		tree_file_remove(fault);
	folder_unseen(folder);
	while ((entry = readdir(dir)))
		tree_look_at(folder, entry->d_name, false);
	closedir(dir);
	folder_sweep(folder);
}

static void folder_update(struct tree_folder *folder)
{
	struct tree_note *note, *next_note;
	struct tree_folder *below, *next;

	HASH_ITER(hh, folder->notes, note, next_note)
		tree_look_at(folder, note->name, true);
	notes_forget(folder);
	if (folder->stale) {
		folder->stale = false;
		folder_list(folder);
	}
	HASH_ITER(hh, folder->folders, below, next)
		folder_update(below);
}

static int look_at_root(struct tree_folder *root, struct error *err)
{
	struct stat st;

	if (stat(root->path, &st) < 0)
		return error_errno(err, errno, "%s", root->path);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_INVALID, "%s: not a folder", root->path);
	if (access(root->path, R_OK | X_OK) < 0)
		return error_errno(err, errno, "%s", root->path);
	if (root->device == st.st_dev && root->inode == st.st_ino)
		return 0;
	root->device = st.st_dev;
	root->inode = st.st_ino;
	tree_watch_link(root, NULL, root->path, 0);
	tree_note_below(root);
	return 0;
}

static void note_emptied(struct tree *tree)
{
	struct tree_tenant *tenant, *next;
	struct tree_file *file;

	if (!tree->emptied)
		return;
	tree->emptied = false;
	HASH_ITER(hh, tree->tenants, tenant, next)
		DL_FOREACH(tenant->files, file)
	if (file->emptied_at)
		tree_note(file->folder, file->name);
}

int tree_update(struct tree *tree, int64_t now_ms, struct error *err)
{
	int r = look_at_root(&tree->root, err);

	if (r < 0)
		return r;
	tree->now_ms = now_ms;
	note_emptied(tree);
	folder_update(&tree->root);
	return 0;
}

void tree_settle(struct tree *tree)
{
	struct tree_tenant *tenant, *next;

	tree->changed = false;
	HASH_ITER(hh, tree->tenants, tenant, next) {
		tenant->changed = false;
		if (tenant->folders || tenant->files)
			continue;
		HASH_DEL(tree->tenants, tenant);
		free(tenant->name);
		free(tenant);
	}
}
