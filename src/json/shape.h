/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds as tables: one description of a struct's fields decodes JSON into it, finds what is missing,
 * unknown, of the wrong type or out of range, and names each by its path. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/problem.h"
#include "json/read.h"

/* A list in an arena; LIST_APPEND() of base/arena.h adds to it. */
#define LIST_OF(type)         \
	struct {              \
		type *items;  \
		size_t count; \
	}

struct key_value {
	const char *key, *value;
};

/* Named, so that they can be passed on. */
struct string_list {
	const char **items;
	size_t count;
};

struct int_list {
	int64_t *items;
	size_t count;
};

struct string_map {
	struct key_value *items;
	size_t count;
};

/* The value of a key, or NULL. */
const char *string_map_get(const struct string_map *map, const char *key);

enum tristate { UNSET, NO, YES };

/* A port by number or by name. */
struct int_or_string {
	bool set;
	const char *text; /* NULL: it is the number */
	int64_t number;
};

enum shape_type {
	SHAPE_STRING,	     /* const char *, NULL when absent */
	SHAPE_BOOL,	     /* enum tristate */
	SHAPE_INT,	     /* int64_t, field.absent when absent */
	SHAPE_INT_OR_STRING, /* struct int_or_string */
	SHAPE_OBJECT,	     /* the struct itself, zeroed and filled with absents when absent */
	SHAPE_POINTER,	     /* struct *, NULL when absent */
	SHAPE_LIST,	     /* LIST_OF(struct); `items` is NULL only when absent */
	SHAPE_STRINGS,	     /* struct string_list */
	SHAPE_INTS,	     /* struct int_list; min and max are of each number */
	SHAPE_MAP,	     /* struct string_map */
	SHAPE_RAW,	     /* json_t *, borrowed, NULL when absent; `of`, if given, judges it */
	SHAPE_RAW_LIST,	     /* the same of a list, each item judged by `of` */
};

/* What a string must look like. */
struct shape_format {
	bool (*fits)(const char *text);
	const char *wanted; /* "a DNS-1123 label: …" */
};

struct shape;

struct shape_field {
	const char *name;
	enum shape_type type;
	size_t offset;
	const struct shape *of; /* of OBJECT, POINTER, LIST, RAW */
	bool required;
	bool unique;			   /* of STRINGS and INTS: no item twice */
	int64_t min, max;		   /* of an INT's value, a string's length in characters, a
						 * list's or map's count; both 0: no limit */
	int64_t absent;			   /* of an INT */
	const char *const *values;	   /* the allowed strings, ends with NULL */
	const int64_t *numbers;		   /* the allowed numbers, ends with 0 */
	const struct shape_format *format; /* of a string, or of each string of STRINGS or MAP */
	const struct shape_format *keys;   /* of each key of a MAP */
	const char *map_key;		   /* of a LIST: the member that no two items share */
	/* Rules between the items of a LIST, each of which may lack what it has to have; may be
	 * NULL. */
	void (*check_items)(const void *items, size_t count, const struct path *path,
			    struct problems *problems);
	const char *rule; /* the id under which its problems are told */
	bool secret;	  /* of a MAP: its values are never told */
};

struct shape {
	size_t size;
	const struct shape_field *fields; /* ends with a NULL name */
	/* Rules between fields of one struct; may be NULL. */
	void (*check)(const void *decoded, const struct path *path, struct problems *problems);
	/* A member that `fields` does not name is no problem. */
	bool open;
};

/* How one field of struct type is described: FIELD(struct port, "name", name, SHAPE_STRING, ...). */
#define FIELD(type_, name_, member_, shape_type_, ...)                                      \
	{                                                                                   \
		.name = (name_), .type = (shape_type_), .offset = offsetof(type_, member_), \
		__VA_ARGS__                                                                 \
	}

enum shape_unknown {
	UNKNOWN_REFUSED, /* our own kinds */
	UNKNOWN_WARNED,	 /* embedded kinds: a newer API may know it */
	UNKNOWN_IGNORED, /* decoding again what was judged before */
};

/* Decodes object into a new zeroed struct of shape in the arena of problems; its strings and RAW
 * members are borrowed from object. Never NULL: what cannot be read is absent and a problem at
 * path (rule API001; an unknown field API002). */
void *shape_decode(const struct shape *shape, const json_t *object, enum shape_unknown unknown,
		   const struct path *path, struct problems *problems);
