/* SPDX-License-Identifier: Apache-2.0 */
/* What has to outlive the process: who holds which address, and when an object was first seen. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct ledger;

/* Reads the file; one that is missing is an empty ledger, one that cannot be read an error: starting
 * over would hand out addresses anew. */
int ledger_open(const char *path, struct ledger **ret, struct error *err);
void ledger_free(struct ledger *ledger);
CLEANUP_DEFINE(ledger_free, struct ledger *)

/* Writes what changed since the last save, at once or not at all. */
int ledger_save(struct ledger *ledger, struct error *err);

/* The address of an owner, or NULL. Borrowed until it is given away. */
const char *ledger_address(const struct ledger *ledger, const char *owner);
/* The owner of an address, or NULL. */
const char *ledger_owner(const struct ledger *ledger, const char *address);
void ledger_assign(struct ledger *ledger, const char *owner, const char *address);
void ledger_release(struct ledger *ledger, const char *owner);
/* Takes the addresses of all but those that keep() names; how many there were. */
size_t ledger_release_unless(struct ledger *ledger, bool (*keep)(void *context, const char *owner),
			     void *context);

/* When the object was first seen, ns since 1970; now, and remembered, if it never was. */
int64_t ledger_age(struct ledger *ledger, const char *object, int64_t now);
void ledger_forget(struct ledger *ledger, const char *object);
/* Forgets the objects whose age nobody asked for since the ledger was opened: they went meanwhile. */
void ledger_forget_unused(struct ledger *ledger);
