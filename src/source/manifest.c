/* SPDX-License-Identifier: Apache-2.0 */
/* One file of YAML or JSON as the objects in it. */
#include "source/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "json/read.h"
#include "json/yaml.h"

/* The text is read once more for the line of each item of a List; past this many bytes in all, the
 * List's own line has to do. */
#define LOCATE_MAX (32UL << 20)

struct reading {
	const char *text;
	size_t length;
	const struct yaml_document *document;
	struct manifest *manifest;
};

static void add_document(struct reading *reading, const json_t *object, const char *prefix,
			 unsigned line)
{
	struct manifest *manifest = reading->manifest;

	/* Room doubles at each power of two, so it follows from the count alone. */
	if ((manifest->count & (manifest->count - 1)) == 0)
		manifest->documents = memory_resize(manifest->documents,
						    manifest->count ? manifest->count * 2 : 1,
						    sizeof(*manifest->documents));
	manifest->documents[manifest->count++] = (struct folder_document){
		.text = json_compact(object),
		.line = line,
		.document = reading->document->index,
		.prefix = memory_strdup(prefix),
	};
}

/* kubectl's `kind: List`, and the lists that an API server answers with (ServiceList). */
static bool is_list(const json_t *object)
{
	const json_t *items = json_object_get(object, "items");
	const char *kind = json_text(object, "kind");

	if (str_equal(kind, "List"))
		return !json_has(object, "items") || json_is_array(items);
	return str_has_suffix(kind, "List") && json_is_array(items);
}

/* The items of a typed list may leave out what the list says of them. */
static void complete_item(const json_t *list, json_t *item)
{
	const char *kind = json_text(list, "kind");
	size_t length = strlen(kind) - strlen("List");

	if (!length || !json_is_object(item))
		return;
	if (!json_has(item, "kind"))
		json_object_set_new(item, "kind", json_stringn(kind, length));
	if (!json_has(item, "apiVersion"))
		json_object_set(item, "apiVersion", json_object_get(list, "apiVersion"));
}

static void add_object(struct reading *reading, json_t *object, const char *prefix, unsigned line)
{
	const json_t *items = json_object_get(object, "items");
	bool locate = json_array_size(items) * reading->length <= LOCATE_MAX;
	json_t *item;
	size_t i;

	if (!is_list(object)) {
		add_document(reading, object, prefix, line);
		return;
	}
	json_array_foreach(items, i, item) {
		CLEANUP(buf_done) struct buf path = { 0 };
		unsigned at = line;

		buf_printf(&path, "%sitems[%zu]", prefix, i);
		if (locate)
			yaml_locate(reading->text, reading->length, reading->document->index,
				    path.data, &at);
		buf_putc(&path, '.');
		complete_item(object, item);
		add_object(reading, item, path.data, at);
	}
}

/* yaml_read() begins its messages with "line N, ". */
static unsigned line_of(const struct error *err)
{
	const char *line = "line ";
	size_t length = strlen(line);

	if (!str_has_prefix(err->text, line))
		return 0;
	return (unsigned)strtoul(err->text + length, NULL, 10);
}

int manifest_parse(const char *text, size_t length, struct manifest *ret, unsigned *ret_line,
		   struct error *err)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	struct manifest manifest = { 0 };
	struct reading reading = { .text = text, .length = length, .manifest = &manifest };
	struct error why;

	if (yaml_read(text, length, &documents, &why) < 0) {
		*ret_line = line_of(&why);
		return error_set(err, why.code, "%s", why.text);
	}
	for (size_t i = 0; i < documents.count; i++) {
		reading.document = &documents.items[i];
		add_object(&reading, documents.items[i].root, "", documents.items[i].line);
	}
	*ret = manifest;
	return 0;
}

int manifest_read(const char *path, struct manifest *ret, unsigned *ret_line, struct error *err)
{
	CLEANUP(buf_free) struct buf *text = NULL;
	struct error why;

	if (file_read(path, MANIFEST_MAX, &text, &why) < 0) {
		size_t named = strlen(path);
		bool begins =
			str_has_prefix(why.text, path) && str_has_prefix(why.text + named, ": ");

		*ret_line = 0;
		return error_set(err, why.code, "%s", begins ? why.text + named + 2 : why.text);
	}
	return manifest_parse(buf_text(text), text->len, ret, ret_line, err);
}

void manifest_done(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++) {
		free((void *)(uintptr_t)manifest->documents[i].text);
		free((void *)(uintptr_t)manifest->documents[i].prefix);
	}
	free(manifest->documents);
	*manifest = (struct manifest){ 0 };
}

bool manifest_equal(const struct manifest *a, const struct manifest *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct folder_document *x = &a->documents[i], *y = &b->documents[i];

		if (x->line != y->line || x->document != y->document ||
		    !str_equal(x->text, y->text) || !str_equal(x->prefix, y->prefix))
			return false;
	}
	return true;
}
