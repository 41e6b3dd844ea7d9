/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of each object as its user wrote it: where it stands, its last verdict, its last good
 * version. */
#pragma once

#include <stdbool.h>
#include <uthash.h>

#include "api/kind.h"
#include "net/digest.h"
#include "json/problem.h"

enum record_result {
	RECORD_ADMITTED,
	RECORD_CARRIED, /* in force, and no traffic of its own */
	RECORD_IGNORED,
	RECORD_REFUSED,
	RECORD_REMOVED, /* gone since the pass before */
};

/* A hub object that is in force because of a record. */
struct record_object {
	enum kind kind;
	char *name;
};

/* One object as its user wrote it, or a file that cannot be read (type ""). */
struct record {
	char *key; /* identity, or file and line of what has none */
	char *api_version, *type, *namespace, *name;
	enum kind kind;
	char *file;
	unsigned line;

	enum record_result result;
	char *reason;	  /* RECORD_IGNORED: why */
	json_t *causes;	  /* [{"rule","field","message"}], never NULL */
	json_t *warnings; /* ["…"], never NULL */
	struct record_object *objects;
	size_t object_count;

	char *good;		    /* the JSON last admitted, NULL: none yet */
	int64_t generation;	    /* of good; 0: none yet */
	char spec[DIGEST_HEX_SIZE]; /* of good */
	int64_t next_generation;    /* of what is written now, should it be admitted */
	char next_spec[DIGEST_HEX_SIZE];
	bool seen; /* of the pass under way */
	bool twin; /* of an identity that another file holds */
	UT_hash_handle hh;
};

/* Records by key; a NULL pointer is an empty table. */
struct record *record_find(struct record *table, const char *key);
/* The record of a key, added where there is none. */
struct record *record_get(struct record **table, const char *key);
void records_free(struct record **table);

/* Marks all as not seen, and forgets those that were told to be gone. */
void records_begin(struct record **table);
/* Those still not seen are RECORD_REMOVED. */
void records_end(struct record *table);

/* Where the object stands and how it is called. namespace may be NULL. */
void record_place(struct record *record, const json_t *object, const char *namespace,
		  const char *file, unsigned line);

/* The verdict of a new pass: forgets the causes, warnings and objects of the one before. */
void record_judge(struct record *record, enum record_result result, const char *reason);
void record_cause(struct record *record, const char *rule, const char *field, const char *message);
void record_warning(struct record *record, const char *text);
/* One more of causes as struct record has them. */
void record_add_cause(json_t *causes, const char *rule, const char *field, const char *message);
void record_problems(struct record *record, const struct problems *problems);
void record_add_object(struct record *record, enum kind kind, const char *name);

/* Refuses a second object of the identity that `first` holds, in a record of its own, by file and line. */
void record_refuse_twin(struct record **table, const json_t *object, const char *file,
			unsigned line, const struct record *first);

/* Sets metadata.generation of the object: what its file says, or the count of its spec's changes since
 * what was admitted last. */
void record_count_generation(struct record *record, json_t *object);

/* The object that was counted last is good. */
void record_admit(struct record *record, const json_t *object);

/* The record that holds the identity of a twin; NULL: none does any longer. */
struct record *record_of_twin(struct record *table, const struct record *twin);

/* Does the identity need a namespace of the tenant's own cluster? Its default is "default". */
const char *record_namespace(const json_t *object, enum kind kind, const char *hub_namespace);
