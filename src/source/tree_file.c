/* SPDX-License-Identifier: Apache-2.0 */
/* One file of the tree: read again when it may have changed, its last good documents kept. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "source/tree.h"
#include "source/watch.h"

char *tree_path(const struct tree_folder *folder, const char *name)
{
	struct buf path = { 0 };

	buf_printf(&path, "%s%s%s", folder->path, str_has_suffix(folder->path, "/") ? "" : "/",
		   name);
	return buf_take(&path);
}

struct tree_file *tree_file_find(const struct tree_folder *folder, const char *name)
{
	struct tree_file *file;

	HASH_FIND_STR(folder->files, name, file);
	return file;
}

static void touched(const struct tree_file *file)
{
	file->tenant->changed = true;
	file->folder->tree->changed = true;
}

static void publish(struct tree_file *file)
{
	file->file.documents = file->manifest.documents;
	file->file.count = file->manifest.count;
}

/* NULL: the tree is full. */
static struct tree_file *file_add(struct tree_folder *folder, const char *name)
{
	struct tree *tree = folder->tree;
	struct tree_file *file;

	if (tree->files >= TREE_FILES_MAX) {
		if (!tree->full)
			log_error("%s: more than %d files; the others are not read",
				  tree->root.path, TREE_FILES_MAX);
		tree->full = true;
		return NULL;
	}
	file = memory_new(1, sizeof(*file));
	file->name = memory_strdup(name);
	file->folder = folder;
	file->tenant = folder->tenant;
	file->file.path = tree_path(folder, name);
	file->file.tenant = *file->tenant->name ? file->tenant->name : NULL;
	HASH_ADD_KEYPTR(hh, folder->files, file->name, strlen(file->name), file);
	DL_APPEND(file->tenant->files, file);
	tree->files++;
	return file;
}

static void file_forget_error(struct tree_file *file)
{
	free((void *)(uintptr_t)file->file.error);
	file->file.error = NULL;
	file->file.error_line = 0;
}

void tree_file_remove(struct tree_file *file)
{
	struct tree *tree = file->folder->tree;

	touched(file);
	if (file->link && tree->watch)
		watch_forget(tree->watch, file->folder, file->name);
	tree->files--;
	HASH_DEL(file->folder->files, file);
	DL_DELETE(file->tenant->files, file);
	manifest_done(&file->manifest);
	file_forget_error(file);
	free((void *)(uintptr_t)file->file.path);
	free(file->name);
	free(file);
}

static void file_refuse(struct tree_file *file, unsigned line, const char *text)
{
	file->emptied_at = 0;
	if (str_equal(file->file.error, text) && file->file.error_line == line)
		return;
	file_forget_error(file);
	file->file.error = memory_strdup(text);
	file->file.error_line = line;
	touched(file);
}

void tree_file_fault(struct tree_folder *folder, const char *name, bool link, const char *format,
		     ...)
{
	struct tree_file *file = tree_file_find(folder, name);
	char text[sizeof(((struct error *)NULL)->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!file)
		file = file_add(folder, name);
	if (!file)
		return;
	file->seen = true;
	file->link = link;
	file->identity = (struct tree_identity){ 0 };
	file_refuse(file, 0, text);
}

static void file_adopt(struct tree_file *file, struct manifest *manifest)
{
	bool same = manifest_equal(&file->manifest, manifest) && !file->file.error;

	manifest_done(&file->manifest);
	file->manifest = *manifest;
	*manifest = (struct manifest){ 0 };
	publish(file);
	file_forget_error(file);
	file->emptied_at = 0;
	if (!same)
		touched(file);
}

/* An editor or a copy empties a file before it writes it: that is believed after a while only. */
static bool file_may_be_half_written(struct tree_file *file, const struct manifest *manifest)
{
	struct tree *tree = file->folder->tree;

	if (manifest->count || !file->manifest.count || !tree->watch)
		return false;
	if (!file->emptied_at)
		file->emptied_at = tree->now_ms;
	if (tree->now_ms - file->emptied_at >= EMPTY_MS)
		return false;
	tree->emptied = true;
	return true;
}

static struct tree_identity identity_of(const struct stat *st)
{
	return (struct tree_identity){ .device = st->st_dev,
				       .inode = st->st_ino,
				       .size = st->st_size,
				       .modified = st->st_mtim,
				       .changed = st->st_ctim };
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool identity_same(const struct tree_identity *a, const struct tree_identity *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}

void tree_file_load(struct tree_folder *folder, const char *name, const struct stat *st, bool link,
		    bool force)
{
	CLEANUP(manifest_done) struct manifest manifest = { 0 };
	struct tree_identity identity = identity_of(st);
	struct tree_file *file = tree_file_find(folder, name);
	struct error err;
	unsigned line;

	if (file && !force && !file->emptied_at && identity_same(&file->identity, &identity)) {
		file->seen = true;
		return;
	}
	if (!file)
		file = file_add(folder, name);
	if (!file)
		return;
	file->seen = true;
	file->link = link;
	/* Of before the reading: what is written meanwhile is read again. */
	file->identity = identity;
	if (manifest_read(file->file.path, &manifest, &line, &err) < 0)
		file_refuse(file, line, err.text);
	else if (!file_may_be_half_written(file, &manifest))
		file_adopt(file, &manifest);
}
