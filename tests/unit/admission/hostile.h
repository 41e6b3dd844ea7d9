/* SPDX-License-Identifier: Apache-2.0 */
/* Objects that nobody would write by hand: clean ones of every kind, bent at random but the same for
 * the same seed. */
#pragma once

#include <jansson.h>
#include <stdint.h>

struct hostile {
	json_t *bases; /* tests/threats/base */
	uint64_t state;
};

void hostile_init(struct hostile *hostile);
void hostile_done(struct hostile *hostile);

/* The object of a seed; the caller's. About half of all are admitted. */
json_t *hostile_object(struct hostile *hostile, uint64_t seed);

/* The same tree with the members of every object in another order; the caller's. */
json_t *hostile_shuffled(struct hostile *hostile, const json_t *tree);
