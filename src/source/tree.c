/* SPDX-License-Identifier: Apache-2.0 */
/* The files below a folder: what was noted is looked at, folders are listed, links are followed. */
#include "source/tree.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "api/format.h"
#include "api/metadata.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "source/watch.h"

/* As many symbolic links on one way are watched: the kernel follows no more. */
#define LINKS_MAX 40
/* "tenant-" and the tenant's name are one label. */
#define TENANT_NAME_MAX (63 - (sizeof(TENANT_NAMESPACE_PREFIX) - 1))

static struct tree_tenant *tenant_get(struct tree *tree, const char *name)
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

void tree_init(struct tree *tree, const char *path, struct watch *watch)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	*tree = (struct tree){ .watch = watch };
	tree->root.tree = tree;
	tree->root.path = memory_strdup(path);
	tree->root.path[length] = '\0';
	tree->root.tenant = tenant_get(tree, "");
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

static void folder_remove(struct tree_folder *folder);

static void folder_empty(struct tree_folder *folder)
{
	struct tree_file *file, *next_file;
	struct tree_folder *below, *next;

	HASH_ITER(hh, folder->files, file, next_file)
		tree_file_remove(file);
	HASH_ITER(hh, folder->folders, below, next)
		folder_remove(below);
	notes_forget(folder);
	if (folder->tree->watch)
		watch_forget(folder->tree->watch, folder, NULL);
}

static void folder_remove(struct tree_folder *folder)
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

static void note_below(struct tree_folder *folder)
{
	struct tree_folder *below, *next;

	folder->stale = true;
	HASH_ITER(hh, folder->folders, below, next)
		note_below(below);
}

void tree_note_all(struct tree *tree)
{
	note_below(&tree->root);
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

/* Every link on the way, and what is at its end. The first `known` bytes of path are not looked at. */
static void watch_way(struct tree_folder *folder, const char *name, const char *path, size_t known,
		      unsigned *budget)
{
	char target[PATH_MAX];

	for (size_t end = known; path[end];) {
		CLEANUP(buf_done) struct buf step = { 0 }, next = { 0 };
		size_t begin = end + strspn(path + end, "/");
		ssize_t length;

		end = begin + strcspn(path + begin, "/");
		buf_add(&step, path, end);
		length = readlink(step.data, target, sizeof(target) - 1);
		if (length <= 0 || !*budget)
			continue;
		(*budget)--;
		watch_elsewhere(folder->tree->watch, step.data, folder, name);
		target[length] = '\0';
		buf_printf(&next, "%.*s%s%s", target[0] == '/' ? 0 : (int)begin, path, target,
			   path + end);
		watch_way(folder, name, next.data, target[0] == '/' ? 0 : begin, budget);
		return;
	}
	watch_elsewhere(folder->tree->watch, path, folder, name);
}

/* Where a link leads to is no entry of a folder of the tree, so it is watched where it lies, and so is
 * each further link on the way. Replaces what was watched under that name. */
static void watch_link(struct tree_folder *folder, const char *name, const char *path, size_t known)
{
	unsigned budget = LINKS_MAX;

	if (!folder->tree->watch)
		return;
	watch_forget(folder->tree->watch, folder, name);
	watch_way(folder, name, path, known, &budget);
}

static bool is_skipped(const char *name)
{
	return name[0] == '.' || str_has_suffix(name, "~");
}

static bool is_manifest(const char *name)
{
	return str_has_suffix(name, ".yaml") || str_has_suffix(name, ".yml") ||
	       str_has_suffix(name, ".json");
}

static bool leads_back(const struct tree_folder *parent, const struct stat *st)
{
	for (const struct tree_folder *at = parent; at; at = at->parent)
		if (at->device == st->st_dev && at->inode == st->st_ino)
			return true;
	return false;
}

static unsigned depth_of(const struct tree_folder *folder)
{
	unsigned depth = 0;

	for (; folder->parent; folder = folder->parent)
		depth++;
	return depth;
}

/* The tenant of a new folder; NULL: none may be called so. */
static struct tree_tenant *folder_tenant(struct tree_folder *parent, const char *name)
{
	const char *tenant = tenant_of_namespace(name);

	if (parent->parent)
		return parent->tenant;
	tenant = tenant ? tenant : name;
	if (strlen(tenant) > TENANT_NAME_MAX || !format_dns_label.fits(tenant)) {
		tree_file_fault(parent, name, false,
				"the folder's name is to be a tenant's: at most %zu lower-case "
				"letters, digits and inner '-'",
				TENANT_NAME_MAX);
		return NULL;
	}
	return tenant_get(parent->tree, tenant);
}

static struct tree_folder *folder_add(struct tree_folder *parent, const char *name,
				      const struct stat *st)
{
	struct tree_tenant *tenant;
	struct tree_folder *folder;

	if (leads_back(parent, st)) {
		tree_file_fault(parent, name, true, "a link that leads back to a folder above it");
		return NULL;
	}
	if (depth_of(parent) >= TREE_DEPTH_MAX || parent->tree->folders >= TREE_FOLDERS_MAX) {
		tree_file_fault(parent, name, false,
				"too many folders: at most %d, at most %d deep, are read",
				TREE_FOLDERS_MAX, TREE_DEPTH_MAX);
		return NULL;
	}
	tenant = folder_tenant(parent, name);
	if (!tenant)
		return NULL;
	parent->tree->folders++;
	folder = memory_new(1, sizeof(*folder));
	folder->path = tree_path(parent, name);
	folder->name = memory_strdup(name);
	folder->tree = parent->tree;
	folder->parent = parent;
	folder->tenant = tenant;
	HASH_ADD_KEYPTR(hh, parent->folders, folder->name, strlen(folder->name), folder);
	if (!parent->parent) {
		tenant->folders++;
		tenant->changed = tenant->folders == 1 || tenant->changed;
		parent->tree->changed = true;
	}
	return folder;
}

static struct tree_folder *folder_find(const struct tree_folder *parent, const char *name)
{
	struct tree_folder *folder;

	HASH_FIND_STR(parent->folders, name, folder);
	return folder;
}

static void look_at_folder(struct tree_folder *parent, const char *name, const struct stat *st,
			   bool link, bool force)
{
	struct tree_folder *folder = folder_find(parent, name);
	struct tree_file *file = tree_file_find(parent, name);
	bool known = folder && folder->device == st->st_dev && folder->inode == st->st_ino;

	if (file && !folder)
		tree_file_remove(file);
	else if (file)
		file->seen = true;
	if (!folder)
		folder = folder_add(parent, name, st);
	if (!folder)
		return;
	folder->seen = true;
	folder->link = link;
	if (known && !force)
		return;
	if (!known && folder->tree->watch)
		watch_forget(folder->tree->watch, folder, NULL);
	folder->device = st->st_dev;
	folder->inode = st->st_ino;
	note_below(folder);
}

static void entry_gone(struct tree_folder *folder, const char *name)
{
	struct tree_folder *below = folder_find(folder, name);
	struct tree_file *file;

	if (below)
		folder_remove(below);
	file = tree_file_find(folder, name);
	if (file)
		tree_file_remove(file);
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	}
	return "of an unknown type";
}

/* What cannot even be looked at. */
static void look_failed(struct tree_folder *folder, const char *name, bool link, int number)
{
	struct tree_folder *below = folder_find(folder, name);
	bool hidden = number == EACCES || number == EPERM;

	if (number == ENOENT && !link) {
		entry_gone(folder, name);
		return;
	}
	if (below) {
		below->seen = true;
		return;
	}
	if (!is_manifest(name) && !hidden)
		return;
	tree_file_fault(folder, name, link, "%s%s", link ? "a link that leads nowhere: " : "",
			strerror(number));
}

/* One entry of a folder. force: it may be another even if it looks the same. */
static void look_at(struct tree_folder *folder, const char *name, bool force)
{
	CLEANUP(free) char *path = NULL;
	struct stat st;
	bool link;

	if (is_skipped(name))
		return;
	path = tree_path(folder, name);
	if (lstat(path, &st) < 0) {
		look_failed(folder, name, false, errno);
		return;
	}
	link = S_ISLNK(st.st_mode);
	if (link && (is_manifest(name) || !folder->parent || folder_find(folder, name) ||
		     (stat(path, &st) == 0 && S_ISDIR(st.st_mode))))
		watch_link(folder, name, path, strlen(folder->path));
	if (link && stat(path, &st) < 0) {
		look_failed(folder, name, true, errno);
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		look_at_folder(folder, name, &st, link, force);
		return;
	}
	if (folder_find(folder, name))
		folder_remove(folder_find(folder, name));
	if (!is_manifest(name)) {
		entry_gone(folder, name);
	} else if (S_ISREG(st.st_mode)) {
		tree_file_load(folder, name, &st, link, force);
	} else {
		tree_file_fault(folder, name, link, "%s, not a regular file",
				type_name(st.st_mode));
	}
}

static void folder_sweep(struct tree_folder *folder)
{
	struct tree_file *file, *next_file;
	struct tree_folder *below, *next;

	HASH_ITER(hh, folder->folders, below, next)
		if (!below->seen)
			folder_remove(below);
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
		look_at(folder, entry->d_name, false);
	closedir(dir);
	folder_sweep(folder);
}

static void folder_update(struct tree_folder *folder)
{
	struct tree_note *note, *next_note;
	struct tree_folder *below, *next;

	HASH_ITER(hh, folder->notes, note, next_note)
		look_at(folder, note->name, true);
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
	if (root->device == st.st_dev && root->inode == st.st_ino)
		return 0;
	root->device = st.st_dev;
	root->inode = st.st_ino;
	watch_link(root, NULL, root->path, 0);
	note_below(root);
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
