/* SPDX-License-Identifier: Apache-2.0 */
/* One stored object: a single piece of memory, the struct first and its texts behind it. */
#include "store/object.h"

#include <string.h>

#include "base/memory.h"
#include "json/read.h"

/* Copies text to *end and moves that behind it. */
static const char *put(char **end, const char *text, size_t length)
{
	char *copy = *end;

	memcpy(copy, text, length);
	copy[length] = '\0';
	*end += length + 1;
	return copy;
}

struct object *object_new(enum kind kind, const json_t *json, int64_t age)
{
	CLEANUP(free) char *text = json_compact(json);
	const json_t *metadata = json_object_get(json, "metadata");
	const char *namespace = json_text(metadata, "namespace");
	const char *name = json_text(metadata, "name");
	size_t length = strlen(text);
	struct object *object;
	char *end;

	namespace = namespace ? namespace : "";
	name = name ? name : "";
	object = memory_new(1, sizeof(*object) + strlen(namespace) + strlen(name) + length + 3);
	end = (char *)(object + 1);
	object->references = 1;
	object->kind = kind;
	object->age = age;
	object->namespace = put(&end, namespace, strlen(namespace));
	object->name = put(&end, name, strlen(name));
	object->text = put(&end, text, length);
	object->length = length;
	return object;
}

struct object *object_ref(struct object *object)
{
	__atomic_add_fetch(&object->references, 1, __ATOMIC_RELAXED);
	return object;
}

void object_unref(struct object *object)
{
	if (object && __atomic_sub_fetch(&object->references, 1, __ATOMIC_ACQ_REL) == 0)
		free(object);
}

json_t *object_json(const struct object *object)
{
	json_t *root =
		json_loadb(object->text, object->length, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);

	/* The text is our own: what cannot be read back was never a tree, or memory is gone. */
	if (!root)
		memory_exhausted();
	return root;
}
