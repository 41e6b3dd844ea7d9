/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of a folder of the tree: what it is, where a link leads to, and whose a new folder is. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/format.h"
#include "api/metadata.h"
#include "base/buf.h"
#include "base/memory.h"
#include "base/str.h"
#include "source/tree.h"
#include "source/watch.h"

/* As many symbolic links on one way are watched: the kernel follows no more. */
#define LINKS_MAX 40
/* "tenant-" and the tenant's name are one label. */
#define TENANT_NAME_MAX (63 - (sizeof(TENANT_NAMESPACE_PREFIX) - 1))

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

void tree_watch_link(struct tree_folder *folder, const char *name, const char *path, size_t known)
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
	return tree_tenant_get(parent->tree, tenant);
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

struct tree_folder *tree_folder_find(const struct tree_folder *parent, const char *name)
{
	struct tree_folder *folder;

	HASH_FIND_STR(parent->folders, name, folder);
	return folder;
}

static void look_at_folder(struct tree_folder *parent, const char *name, const struct stat *st,
			   bool link, bool force)
{
	struct tree_folder *folder = tree_folder_find(parent, name);
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
	tree_note_below(folder);
}

static void entry_gone(struct tree_folder *folder, const char *name)
{
	struct tree_folder *below = tree_folder_find(folder, name);
	struct tree_file *file;

	if (below)
		tree_folder_remove(below);
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
	struct tree_folder *below = tree_folder_find(folder, name);
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

void tree_look_at(struct tree_folder *folder, const char *name, bool force)
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
	if (link && (is_manifest(name) || !folder->parent || tree_folder_find(folder, name) ||
		     (stat(path, &st) == 0 && S_ISDIR(st.st_mode))))
		tree_watch_link(folder, name, path, strlen(folder->path));
	if (link && stat(path, &st) < 0) {
		look_failed(folder, name, true, errno);
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		look_at_folder(folder, name, &st, link, force);
		return;
	}
	if (tree_folder_find(folder, name))
		tree_folder_remove(tree_folder_find(folder, name));
	if (!is_manifest(name)) {
		entry_gone(folder, name);
	} else if (S_ISREG(st.st_mode)) {
		tree_file_load(folder, name, &st, link, force);
	} else {
		tree_file_fault(folder, name, link, "%s, not a regular file",
				type_name(st.st_mode));
	}
}
