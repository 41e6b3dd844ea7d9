/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt to admit all of a tenant's objects: its files read, its plain objects forwarded as its
 * agent would, each hub object judged. What is refused may fall back to its last good version in a
 * second attempt. */
#pragma once

#include "manager/judgement.h"
#include "manager/record.h"
#include "source/folder.h"

/* One hub object of an attempt. */
struct candidate {
	enum kind kind;
	struct record *record;		   /* of what it was made */
	const struct forwarded *forwarded; /* NULL: written as it is */
	json_t *object;
	const struct judgement *judgement;
};

struct attempt {
	struct arena *arena; /* of the pass */
	const struct folder *folder;
	const char *tenant; /* "x" */
	bool any_class;	    /* judge plain objects whatever their class and parents */
	struct judge judge;
	struct record **records; /* the tenant's tables, kept between passes */
	struct judgement **judgements;
	bool first;			  /* with what is written now; else with last good */
	LIST_OF(struct record *) written; /* those with an object to judge */
	LIST_OF(json_t *) objects;	  /* one per written */
	LIST_OF(struct candidate) candidates;
};

/* Reads the tenant's files into records and objects. Of two files with one identity the one that held
 * it in the pass before keeps it; the other is refused. */
void attempt_read(struct attempt *attempt);

/* The same of files that need not be of the folder; they outlive the attempt. */
void attempt_read_files(struct attempt *attempt, const struct folder_file *files, size_t count);

/* Makes the candidates of the objects and judges them. In the first attempt the records hear of it. */
void attempt_judge(struct attempt *attempt);

/* Remembers what was admitted, and puts last good versions in the place of what was refused; false
 * where nothing would differ. */
bool attempt_fall_back(struct attempt *attempt);
