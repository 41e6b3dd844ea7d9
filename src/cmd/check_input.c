/* SPDX-License-Identifier: Apache-2.0 */
/* What `kubelb check` is given. */
#include "cmd/check_input.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "api/kind.h"
#include "api/metadata.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "json/yaml.h"

/* A folder while it is sorted. */
struct walk {
	struct check_input *input;
	const struct folder *folder;
	LIST_OF(const struct folder_file *) files;
	size_t tenants;
};

static void release_folder(void *folder)
{
	folder_free(folder);
}

static void release_manifest(void *manifest)
{
	manifest_done(manifest);
}

static json_t *parse(struct arena *arena, const struct folder_document *document)
{
	return json_adopt(arena, json_loads(document->text, JSON_DECODE_ANY, NULL));
}

static bool is_policy(const json_t *object)
{
	enum kind kind = kind_of(object);

	return kind == KIND_CONFIG || kind == KIND_TENANT;
}

/* The list's last file if it is this one, else a new entry for it. */
#define FILE_OF(arena_, list, file_)                                                              \
	__extension__({                                                                           \
		if (!(list)->count || (list)->items[(list)->count - 1].path != (file_)->path)     \
			LIST_APPEND(arena_, list, (struct folder_file){ .path = (file_)->path }); \
		&(list)->items[(list)->count - 1];                                                \
	})

static void put_document(struct arena *arena, struct folder_file *file,
			 const struct folder_document *document)
{
	struct {
		struct folder_document *items;
		size_t count;
	} list = { file->documents, file->count };

	LIST_APPEND(arena, &list, *document);
	file->documents = list.items;
	file->count = list.count;
}

static struct check_group *group_of_tenant(struct check_input *input, const char *tenant)
{
	for (size_t i = 0; i < input->groups.count; i++)
		if (str_equal(input->groups.items[i].tenant, tenant))
			return &input->groups.items[i];
	LIST_APPEND(input->arena, &input->groups, (struct check_group){ .tenant = tenant });
	return &input->groups.items[input->groups.count - 1];
}

/* Whose is it? NULL: not known. */
static const char *tenant_of(const struct check_input *input, const json_t *object)
{
	const char *namespace = json_text(json_object_get(object, "metadata"), "namespace");

	if (input->tenant)
		return input->tenant;
	if (tenant_of_namespace(namespace))
		return tenant_of_namespace(namespace);
	return kind_of(object) == KIND_UNKNOWN ? "" : NULL;
}

static void sort_document(struct check_input *input, const struct folder_file *file,
			  const struct folder_document *document, const char *folder_tenant)
{
	const json_t *object = parse(input->arena, document);
	const char *tenant = folder_tenant;
	struct check_group *group;

	input->objects++;
	if (!tenant && is_policy(object)) {
		put_document(input->arena, FILE_OF(input->arena, &input->operator_files, file),
			     document);
		return;
	}
	if (!tenant)
		tenant = tenant_of(input, object);
	if (!tenant) {
		if (!input->tenant_needed)
			fprintf(stderr,
				"kubelb check: %s:%u: it is not known whose this object is: give "
				"--tenant NAME, or set metadata.namespace: tenant-<name>\n",
				file->path, document->line);
		input->tenant_needed = true;
		return;
	}
	group = group_of_tenant(input, tenant);
	put_document(input->arena, FILE_OF(input->arena, &group->files, file), document);
}

/* folder_tenant NULL: each object says whose it is. */
static void sort_file(struct check_input *input, const struct folder_file *file,
		      const char *folder_tenant)
{
	LIST_APPEND(input->arena, &input->all, *file);
	if (file->error) {
		struct check_group *group = group_of_tenant(input, "");
		struct folder_file *entry = FILE_OF(input->arena, &group->files, file);

		entry->error = file->error;
		entry->error_line = file->error_line;
	}
	for (size_t i = 0; i < file->count; i++)
		sort_document(input, file, &file->documents[i], folder_tenant);
}

static void add_file(void *context, const struct folder_file *file)
{
	struct walk *walk = context;

	LIST_APPEND(walk->input->arena, &walk->files, file);
}

static void add_tenant(void *context, const char *tenant)
{
	struct walk *walk = context;

	walk->tenants++;
	folder_visit(walk->folder, tenant, add_file, walk);
}

/* Is it laid out as `kubelb run` wants it: the operator's files, and a folder for each tenant? Asked
 * with --tenant, only a folder that brings Config or Tenants counts as one. */
static bool is_layout(const struct walk *walk)
{
	bool settings = false;

	for (size_t i = 0; i < walk->files.count; i++) {
		const struct folder_file *file = walk->files.items[i];

		for (size_t j = 0; !file->tenant && j < file->count; j++) {
			if (!is_policy(parse(walk->input->arena, &file->documents[j])))
				return false;
			settings = true;
		}
	}
	return walk->tenants && (settings || !walk->input->tenant);
}

static int read_folder(struct walk *walk, const char *path, struct error *err)
{
	struct folder *folder;
	int r;

	r = folder_new(NULL, path, NULL, NULL, &folder, err);
	if (r < 0)
		return r;
	arena_adopt(walk->input->arena, folder, release_folder);
	walk->folder = folder;
	folder_visit(folder, NULL, add_file, walk);
	folder_tenants(folder, add_tenant, walk);
	return 0;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The file is named beside the text already. */
static const char *without_path(const char *text, const char *path)
{
	return str_has_prefix(text, path) && str_has_prefix(text + strlen(path), ": ")
		       ? text + strlen(path) + 2
		       : text;
}

static const struct folder_file *read_file(struct check_input *input, const char *path)
{
	struct manifest *manifest = ARENA_NEW(input->arena, struct manifest);
	struct folder_file *file = ARENA_NEW(input->arena, struct folder_file);
	CLEANUP(buf_free) struct buf *text = NULL;
	struct error err;

	file->path = arena_strdup(input->arena, str_equal(path, "-") ? "<stdin>" : path);
	if (file_read(path, MANIFEST_MAX, &text, &err) < 0 ||
	    manifest_parse(buf_text(text), text->len, manifest, &file->error_line, &err) < 0) {
		file->error = arena_strdup(input->arena, without_path(err.text, path));
		return file;
	}
	arena_adopt(input->arena, manifest, release_manifest);
	file->documents = manifest->documents;
	file->count = manifest->count;
	if (str_equal(path, "-"))
		input->standard_input = arena_strndup(input->arena, buf_text(text), text->len);
	return file;
}

static const struct folder_file *unreadable(struct check_input *input, const char *path,
					    const struct error *err)
{
	struct folder_file *file = ARENA_NEW(input->arena, struct folder_file);

	file->path = arena_strdup(input->arena, path);
	file->error = arena_strdup(input->arena, err->text);
	return file;
}

void check_input_add(struct check_input *input, const char *path)
{
	struct walk walk = { .input = input };
	size_t before = input->objects;
	struct error err;
	bool layout, failed = false;

	if (!is_folder(path))
		add_file(&walk, read_file(input, path));
	else if (read_folder(&walk, path, &err) < 0)
		add_file(&walk, unreadable(input, path, &err));
	layout = is_layout(&walk);
	for (size_t i = 0; i < walk.files.count; i++) {
		const struct folder_file *file = walk.files.items[i];

		failed = failed || file->error;
		sort_file(input, file, layout ? file->tenant : NULL);
	}
	if (failed && input->objects == before)
		input->unusable = true;
}

bool check_input_add_policy(struct check_input *input, const char *path)
{
	struct walk walk = { .input = input };
	struct error err = { 0 };

	if (!is_folder(path))
		add_file(&walk, read_file(input, path));
	else if (read_folder(&walk, path, &err) < 0)
		add_file(&walk, unreadable(input, path, &err));
	for (size_t i = 0; i < walk.files.count; i++) {
		const struct folder_file *file = walk.files.items[i];

		if (file->error && !file->tenant) {
			fprintf(stderr, "kubelb check: --policy: %s: %s\n", file->path,
				file->error);
			return false;
		}
		for (size_t j = 0; !file->tenant && j < file->count; j++)
			if (is_policy(parse(input->arena, &file->documents[j])))
				put_document(input->arena,
					     FILE_OF(input->arena, &input->policy_files, file),
					     &file->documents[j]);
	}
	return true;
}

unsigned check_input_locate(const struct check_input *input, const char *path, unsigned line,
			    const char *field)
{
	const struct folder_document *document = NULL;
	CLEANUP(buf_free) struct buf *read = NULL;
	const char *text = input->standard_input;
	CLEANUP(buf_done) struct buf full = { 0 };
	unsigned found = line;
	struct error err;

	for (size_t i = 0; i < input->all.count && !document; i++)
		for (size_t j = 0; j < input->all.items[i].count && !document; j++)
			if (str_equal(input->all.items[i].path, path) &&
			    input->all.items[i].documents[j].line == line)
				document = &input->all.items[i].documents[j];
	if (!document)
		return line;
	if (!str_equal(path, "<stdin>")) {
		if (file_read(path, MANIFEST_MAX, &read, &err) < 0)
			return line;
		text = buf_text(read);
	}
	buf_printf(&full, "%s%s", document->prefix, field);
	if (!yaml_locate(text, strlen(text), document->document, buf_text(&full), &found))
		return line;
	return found > line ? found : line;
}
