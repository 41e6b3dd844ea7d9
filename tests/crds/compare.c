/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the CRDs of a folder with the tables of src/api, both ways: what one has and the other has
 * not, and where they differ in type, values, bounds or ceilings. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/kind.h"
#include "api/route.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/str.h"
#include "json/yaml.h"

/* A line of the list of differences that are meant: what differs, where, and why. */
struct difference {
	const char *kind, *path, *what;
	bool met;
};

struct comparison {
	struct arena *arena;
	const char *kind; /* of the CRD at hand */
	LIST_OF(struct difference) meant;
	unsigned faults;
};

static void compare_objects(struct comparison *c, const struct shape *shape, const json_t *schema,
			    const struct path *path);

static void fault(struct comparison *c, const struct path *path, const char *format, ...)
	FORMAT(3, 4);

static void fault(struct comparison *c, const struct path *path, const char *format, ...)
{
	va_list args;

	printf("%s %s: ", c->kind, path ? path_text(c->arena, path) : "");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	c->faults++;
}

static bool is_meant(struct comparison *c, const struct path *path, const char *what)
{
	const char *text = path_text(c->arena, path);

	for (size_t i = 0; i < c->meant.count; i++) {
		struct difference *d = &c->meant.items[i];

		if (str_equal(d->kind, c->kind) && str_equal(d->path, text) &&
		    str_equal(d->what, what))
			return d->met = true;
	}
	return false;
}

static void compare_number(struct comparison *c, const json_t *schema, const char *key,
			   int64_t of_schema, int64_t of_table, const struct path *path)
{
	const json_t *value = json_object_get(schema, key);

	if (value)
		of_schema = json_integer_value(value);
	if (of_schema != of_table)
		fault(c, path, "%s is %lld in the CRD, %lld in the table", key,
		      (long long)of_schema, (long long)of_table);
}

static void compare_type(struct comparison *c, const json_t *schema, const char *type,
			 const struct path *path)
{
	const char *found = json_text(schema, "type");

	if (!str_equal(found, type))
		fault(c, path, "is of type %s in the CRD, %s in the table",
		      found ? found : "(none)", type);
}

static void compare_values(struct comparison *c, const struct shape_field *field,
			   const json_t *schema, const struct path *path)
{
	const json_t *values = json_object_get(schema, "enum"), *value;
	size_t i, count = 0;

	while (field->values && field->values[count])
		count++;
	if (json_array_size(values) != count)
		fault(c, path, "%zu values in the CRD, %zu in the table", json_array_size(values),
		      count);
	json_array_foreach(values, i, value)
		if (field->values && !str_in(json_string_value(value), field->values))
			fault(c, path, "the value \"%s\" is not in the table",
			      json_string_value(value));
}

/* Does the form that the table wants forbid what is longer than max? */
static bool format_ends_at(const struct shape_format *format, size_t max, struct arena *arena)
{
	char *text = arena_alloc(arena, max + 2, 1);

	memset(text, 'a', max + 1);
	return format && !format->fits(text);
}

static void compare_string(struct comparison *c, const struct shape_field *field,
			   const json_t *schema, const struct path *path)
{
	json_int_t max = json_integer_value(json_object_get(schema, "maxLength"));

	compare_type(c, schema, "string", path);
	compare_values(c, field, schema, path);
	if (field->max) {
		compare_number(c, schema, "minLength", 0, field->min, path);
		compare_number(c, schema, "maxLength", 0, field->max, path);
	} else if (max && !format_ends_at(field->format, (size_t)max, c->arena) &&
		   !is_meant(c, path, "maxLength")) {
		fault(c, path, "maxLength is %lld in the CRD, the table has none", (long long)max);
	}
}

static void compare_integer(struct comparison *c, const struct shape_field *field,
			    const json_t *schema, const struct path *path)
{
	bool narrow = str_equal(json_text(schema, "format"), "int32");
	int64_t lowest = narrow ? INT32_MIN : INT64_MIN, highest = narrow ? INT32_MAX : INT64_MAX;
	bool bounded = field->min || field->max;

	compare_type(c, schema, "integer", path);
	compare_number(c, schema, "minimum", lowest, bounded ? field->min : lowest, path);
	compare_number(c, schema, "maximum", highest, bounded ? field->max : highest, path);
	if (json_object_get(schema, "default"))
		compare_number(c, schema, "default", 0, field->absent, path);
}

static void compare_list(struct comparison *c, const struct shape_field *field,
			 const json_t *schema, const struct path *path)
{
	const json_t *items = json_object_get(schema, "items");
	const struct path item = path_index(path, 0);

	compare_type(c, schema, "array", path);
	compare_number(c, schema, "minItems", 0, field->min, path);
	compare_number(c, schema, "maxItems", 0, field->max, path);
	if (field->type == SHAPE_STRINGS)
		compare_type(c, items, "string", &item);
	else
		compare_objects(c, field->of, items, &item);
}

static void compare_fields(struct comparison *c, const struct shape_field *field,
			   const json_t *schema, const struct path *path)
{
	switch (field->type) {
	case SHAPE_STRING:
		compare_string(c, field, schema, path);
		return;
	case SHAPE_BOOL:
		compare_type(c, schema, "boolean", path);
		return;
	case SHAPE_INT:
		compare_integer(c, field, schema, path);
		return;
	case SHAPE_INT_OR_STRING:
		if (!json_is_true(json_object_get(schema, "x-kubernetes-int-or-string")))
			fault(c, path, "is an int-or-string in the table only");
		return;
	case SHAPE_OBJECT:
	case SHAPE_POINTER:
		compare_objects(c, field->of, schema, path);
		return;
	case SHAPE_LIST:
	case SHAPE_RAW_LIST:
	case SHAPE_STRINGS:
		compare_list(c, field, schema, path);
		return;
	case SHAPE_INTS:
		/* None of ours has one: to be compared when one has. */
		fault(c, path, "a list of numbers, which is not compared yet");
		return;
	case SHAPE_MAP:
		compare_type(c, schema, "object", path);
		compare_type(c, json_object_get(schema, "additionalProperties"), "string", path);
		compare_number(c, schema, "maxProperties", 0, field->max, path);
		return;
	case SHAPE_RAW:
		if (field->of)
			compare_objects(c, field->of, schema, path);
		return;
	}
}

static const struct shape_field *field_named(const struct shape *shape, const char *name)
{
	for (const struct shape_field *field = shape->fields; field->name; field++)
		if (str_equal(field->name, name))
			return field;
	return NULL;
}

static bool is_required(const json_t *schema, const char *name)
{
	const json_t *required;
	size_t i;

	json_array_foreach(json_object_get(schema, "required"), i, required)
		if (str_equal(json_string_value(required), name))
			return true;
	return false;
}

static void compare_objects(struct comparison *c, const struct shape *shape, const json_t *schema,
			    const struct path *path)
{
	json_t *properties = json_object_get(schema, "properties"), *property;
	const char *name;

	compare_type(c, schema, "object", path);
	json_object_foreach(properties, name, property) {
		const struct path at = path_key(path, name);

		if (!field_named(shape, name))
			fault(c, &at, "is in the CRD, the table does not know it");
	}
	for (const struct shape_field *field = shape->fields; field->name; field++) {
		const struct path at = path_key(path, field->name);

		property = json_object_get(properties, field->name);
		if (property && is_required(schema, field->name) != field->required)
			fault(c, &at, "is required in the %s only",
			      field->required ? "table" : "CRD");
		/* The API server has a schema of its own for metadata. */
		if (property && (path || !str_equal(field->name, "metadata")))
			compare_fields(c, field, property, &at);
		else if (!property && !is_meant(c, &at, "absent"))
			fault(c, &at, "is in the table, the CRD would drop it");
	}
}

/* What makes a schema useful to people and safe for the server, wherever it is. */
static void check_schema(struct comparison *c, const json_t *schema, const struct path *path)
{
	json_t *properties = json_object_get(schema, "properties"), *property;
	const json_t *items = json_object_get(schema, "items");
	const json_t *values = json_object_get(schema, "additionalProperties");
	const struct path item = path_index(path, 0);
	const char *name;

	if (str_equal(json_text(schema, "type"), "array") && !json_has(schema, "maxItems"))
		fault(c, path, "is a list without maxItems");
	json_object_foreach(properties, name, property) {
		const struct path at = path_key(path, name);

		if (path || !str_equal(name, "metadata")) {
			if (!json_text(property, "description"))
				fault(c, &at, "has no description");
			check_schema(c, property, &at);
		}
	}
	if (items)
		check_schema(c, items, &item);
	if (json_is_object(values))
		check_schema(c, values, &item);
}

static void expect_text(struct comparison *c, const char *what, const char *found,
			const char *wanted)
{
	if (!str_equal(found, wanted))
		fault(c, NULL, "%s is %s, not %s", what, found ? found : "(none)", wanted);
}

/* Group, names, scope and version by the table of kinds. */
static void check_names(struct comparison *c, const json_t *crd, const struct kind_info *info)
{
	const json_t *spec = json_object_get(crd, "spec"), *names = json_object_get(spec, "names");
	const json_t *versions = json_object_get(spec, "versions");
	const json_t *version = json_array_get(versions, 0);

	expect_text(c, "name", json_text(json_object_get(crd, "metadata"), "name"),
		    arena_printf(c->arena, "%s.%s", info->resource, info->group));
	expect_text(c, "group", json_text(spec, "group"), info->group);
	expect_text(c, "scope", json_text(spec, "scope"),
		    info->cluster_scoped ? "Cluster" : "Namespaced");
	expect_text(c, "kind", json_text(names, "kind"), info->kind);
	expect_text(c, "plural", json_text(names, "plural"), info->resource);
	expect_text(c, "version", json_text(version, "name"), info->versions[0]);
	if (json_array_size(versions) != 1 || !json_is_true(json_object_get(version, "served")) ||
	    !json_is_true(json_object_get(version, "storage")))
		fault(c, NULL, "must have one version, served and stored");
	if (!json_is_object(json_at(version, "subresources", "status", NULL)))
		fault(c, NULL, "has no status subresource");
}

/* The lists of a Route that are decoded by hand, and so are no lists in its table. */
static void check_route_lists(struct comparison *c, const json_t *schema)
{
	static const struct {
		const char *name;
		int64_t max;
	} lists[] = {
		{ "ingresses", ROUTE_SOURCES_MAX },
		{ "services", ROUTE_SERVICES_MAX },
		{ "referenceGrants", ROUTE_GRANTS_MAX },
	};
	const json_t *kubernetes = json_at(schema, "properties", "spec", "properties", "source",
					   "properties", "kubernetes", "properties", NULL);

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const struct path path = path_key(NULL, lists[i].name);
		const json_t *list = json_object_get(kubernetes, lists[i].name);

		compare_type(c, list, "array", &path);
		compare_number(c, list, "maxItems", 0, lists[i].max, &path);
	}
}

static void compare_kind(struct comparison *c, const char *folder, enum kind kind)
{
	const struct kind_info *info = kind_info(kind);
	const char *file =
		arena_printf(c->arena, "%s/%s_%s.yaml", folder, info->group, info->resource);
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	CLEANUP(buf_free) struct buf *text = NULL;
	const json_t *schema;
	struct error err;

	c->kind = info->kind;
	if (file_read(file, YAML_TEXT_MAX, &text, &err) < 0 ||
	    yaml_read(buf_text(text), text->len, &documents, &err) < 0) {
		fault(c, NULL, "%s: %s", file, err.text);
		return;
	}
	check_names(c, documents.items[0].root, info);
	schema = json_object_get(
		json_array_get(json_at(documents.items[0].root, "spec", "versions", NULL), 0),
		"schema");
	schema = json_object_get(schema, "openAPIV3Schema");
	check_schema(c, schema, NULL);
	compare_objects(c, kind == KIND_ROUTE ? &route_shape : info->shape, schema, NULL);
	if (kind == KIND_ROUTE)
		check_route_lists(c, schema);
}

/* Lines of "Kind path what why"; # starts a comment. */
static void read_meant(struct comparison *c, const char *file)
{
	CLEANUP(buf_free) struct buf *text = NULL;
	char *rest, *line, *words;
	struct error err;

	if (file_read(file, YAML_TEXT_MAX, &text, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(2);
	}
	rest = arena_strdup(c->arena, buf_text(text));
	while ((line = strsep(&rest, "\n"))) {
		struct difference d = { .kind = strtok_r(line, " ", &words) };

		if (!d.kind || *d.kind == '#')
			continue;
		d.path = strtok_r(NULL, " ", &words);
		d.what = strtok_r(NULL, " ", &words);
		LIST_APPEND(c->arena, &c->meant, d);
	}
}

int main(int argc, char **argv)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct comparison c = { .arena = arena };

	if (argc != 3) {
		fprintf(stderr, "usage: compare FOLDER DIFFERENCES\n");
		return 2;
	}
	read_meant(&c, argv[2]);
	for (int kind = 0; kind < KINDS; kind++)
		if (kind_info((enum kind)kind)->ours)
			compare_kind(&c, argv[1], (enum kind)kind);
	for (size_t i = 0; i < c.meant.count; i++)
		if (!c.meant.items[i].met) {
			c.kind = c.meant.items[i].kind;
			fault(&c, NULL, "%s: the difference '%s' is no more: take its line out",
			      c.meant.items[i].path, c.meant.items[i].what);
		}
	return c.faults > 0;
}
