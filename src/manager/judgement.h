/* SPDX-License-Identifier: Apache-2.0 */
/* The chain's last word on each hub object of a tenant, kept so that a pass judges only what changed. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "admission/admission.h"
#include "ccm/forward.h"
#include "net/digest.h"
#include "store/store.h"

struct judgement {
	char *key;		      /* kind/namespace/name */
	char digest[DIGEST_HEX_SIZE]; /* of what was judged */
	uint64_t serial;	      /* of the policy that judged it */
	bool allowed;
	json_t *object;		   /* as admitted; what was refused is of no use */
	json_t *causes, *warnings; /* as in struct record */
	bool seen;
	UT_hash_handle hh;
};

/* What a judgement depends on besides the object. */
struct judge {
	const struct admission_handler *handlers;
	const struct policy *policy;
	uint64_t serial;
	const struct store *store;
	const char *namespace; /* the tenant's; the caller is its agent */
};

/* The judgement on a hub object, decided anew if the object or the policy is not the one judged last.
 * made_of maps the fields of causes back to what the user wrote; NULL: the object is what he wrote.
 * Borrowed from the table. */
const struct judgement *judgement_get(struct judgement **table, const struct judge *judge,
				      enum kind kind, json_t *object,
				      const struct forwarded *made_of);

/* Forgets those that were not asked for since the last sweep. */
void judgements_sweep(struct judgement **table);
void judgements_free(struct judgement **table);
