/* SPDX-License-Identifier: Apache-2.0 */
/* The files below a folder as last read: which there are, whose each is, and what is in them. */
#pragma once

#include <sys/stat.h>
#include <uthash.h>

#include "source/folder.h"

struct tree;
struct tree_folder;
struct watch;

/* Folders in folders, the root not counted. */
#define TREE_DEPTH_MAX 32
#define TREE_FOLDERS_MAX 20000
/* Files and what else cannot be read, over all tenants. */
#define TREE_FILES_MAX 100000

struct tree_tenant {
	char *name; /* "": the operator */
	struct tree_file *files;
	unsigned folders; /* that map to it */
	bool changed;
	UT_hash_handle hh;
};

/* What tells that a file was not changed. */
struct tree_identity {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified, changed;
};

/* A file, or a folder that cannot be read. */
struct tree_file {
	struct folder_file file;
	char *name; /* in its folder */
	struct tree_folder *folder;
	struct tree_tenant *tenant;
	struct manifest manifest;
	struct tree_identity identity;
	bool link;	    /* it is a symbolic link */
	bool seen;	    /* in the listing under way */
	int64_t emptied_at; /* monotonic ms; 0: it is not empty, or has been for long enough */
	struct tree_file *prev, *next; /* of the tenant */
	UT_hash_handle hh;
};

struct tree_note {
	char *name;
	UT_hash_handle hh;
};

struct tree_folder {
	char *path;
	char *name; /* in its parent */
	struct tree *tree;
	struct tree_folder *parent; /* NULL: the root */
	struct tree_tenant *tenant;
	dev_t device;
	ino_t inode;
	bool link;
	bool seen;
	bool stale;		     /* to be listed again */
	struct tree_note *notes;     /* entries to be looked at again */
	struct tree_file *files;     /* by name */
	struct tree_folder *folders; /* by name */
	UT_hash_handle hh;
};

struct tree {
	struct tree_folder root;
	struct tree_tenant *tenants; /* by name */
	struct watch *watch;	     /* set by the owner; NULL: none */
	size_t files, folders;
	bool full; /* TREE_FILES_MAX was said */
	int64_t now_ms;
	bool emptied; /* some file has become empty, and it is not yet known whether for good */
	bool changed;
};

/* An empty tree that has read nothing. */
void tree_init(struct tree *tree, const char *path);
void tree_done(struct tree *tree);

/* Notes that an entry of a folder (NULL: all of them) has to be looked at by the next update. */
void tree_note(struct tree_folder *folder, const char *name);
/* All folders. */
void tree_note_all(struct tree *tree);
/* The symbolic links of a folder; false: it has none. */
bool tree_note_links(struct tree_folder *folder);

/* Reads what was noted. Sets `changed` of the tree and of the tenants concerned. On failure the root
 * is not there, and nothing was changed. */
int tree_update(struct tree *tree, int64_t now_ms, struct error *err);

/* Forgets tenants without files and folders, and what has changed. */
void tree_settle(struct tree *tree);

/* Within the tree: tree.c */

/* A new one where there is none of that name. */
struct tree_tenant *tree_tenant_get(struct tree *tree, const char *name);
/* With all that was read of it. */
void tree_folder_remove(struct tree_folder *folder);
void tree_note_below(struct tree_folder *folder);

/* tree_look.c */

struct tree_folder *tree_folder_find(const struct tree_folder *parent, const char *name);
/* One entry of a folder. force: it may be another even if it looks the same. */
void tree_look_at(struct tree_folder *folder, const char *name, bool force);
/* Where a link leads to is no entry of a folder of the tree, so it is watched where it lies, and so is
 * each further link on the way. The first `known` bytes of path are not looked at. Replaces what was
 * watched under that name (NULL: all of the folder's). */
void tree_watch_link(struct tree_folder *folder, const char *name, const char *path, size_t known);

/* tree_file.c */

/* How long an empty file has to stay so. */
#define EMPTY_MS 1000

struct tree_file *tree_file_find(const struct tree_folder *folder, const char *name);
void tree_file_remove(struct tree_file *file);
/* Says of an entry why it cannot be read; its last good documents stay. */
void tree_file_fault(struct tree_folder *folder, const char *name, bool link, const char *format,
		     ...) FORMAT(4, 5);
/* Reads a regular file, unless it is the one that was read before and force is false. */
void tree_file_load(struct tree_folder *folder, const char *name, const struct stat *st, bool link,
		    bool force);
/* folder->path "/" name */
char *tree_path(const struct tree_folder *folder, const char *name);
