/* SPDX-License-Identifier: Apache-2.0 */
/* What has to outlive the process: addresses and ages. */
#include "manager/ledger.h"

#include <uthash.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "json/canonical.h"
#include "json/read.h"

#define LEDGER_MAX (64u << 20)

struct entry {
	char *key;
	char *address; /* of an owner */
	int64_t age;   /* of an object */
	bool used;     /* the age was asked for */
	UT_hash_handle hh;
	UT_hash_handle by_address;
};

struct ledger {
	char *path;
	struct entry *owners;
	struct entry *addresses; /* the same entries, by address */
	struct entry *objects;
	bool changed;
};

static struct entry *entry_new(const char *key)
{
	struct entry *entry = memory_new(1, sizeof(*entry));

	entry->key = memory_strdup(key);
	return entry;
}

static void entry_free(struct entry *entry)
{
	free(entry->key);
	free(entry->address);
	free(entry);
}

static struct entry *find(struct entry *table, const char *key)
{
	struct entry *entry;

	HASH_FIND_STR(table, key, entry);
	return entry;
}

static struct entry *entry_age(struct ledger *ledger, const char *object, int64_t age)
{
	struct entry *entry = find(ledger->objects, object);

	if (entry)
		return entry;
	entry = entry_new(object);
	entry->age = age;
	HASH_ADD_KEYPTR(hh, ledger->objects, entry->key, strlen(entry->key), entry);
	ledger->changed = true;
	return entry;
}

static void ledger_load(struct ledger *ledger, const json_t *root)
{
	const char *key;
	json_t *value;

	json_object_foreach(json_object_get(root, "addresses"), key, value)
		if (json_is_string(value))
			ledger_assign(ledger, key, json_string_value(value));
	json_object_foreach(json_object_get(root, "firstSeen"), key, value)
		entry_age(ledger, key, json_integer_value(value));
	ledger->changed = false;
}

int ledger_open(const char *path, struct ledger **ret, struct error *err)
{
	CLEANUP(ledger_free) struct ledger *ledger = memory_new(1, sizeof(*ledger));
	CLEANUP(json_decref) json_t *root = NULL;
	CLEANUP(buf_free) struct buf *text = NULL;
	struct error why;
	int r;

	ledger->path = memory_strdup(path);
	r = file_read(path, LEDGER_MAX, &text, &why);
	if (r < 0 && why.code != ERROR_NOT_FOUND)
		return error_set(err, why.code, "%s", why.text);
	if (r == 0) {
		r = json_parse(text->data ? text->data : "", text->len, &root, err);
		if (r < 0)
			return error_prefix(err, "%s: not readable; move it away to start over",
					    path);
		ledger_load(ledger, root);
	}
	*ret = take(ledger);
	return 0;
}

void ledger_free(struct ledger *ledger)
{
	struct entry *entry, *next;

	if (!ledger)
		return;
	HASH_CLEAR(by_address, ledger->addresses);
	HASH_ITER(hh, ledger->owners, entry, next) {
		HASH_DEL(ledger->owners, entry);
		entry_free(entry);
	}
	HASH_ITER(hh, ledger->objects, entry, next) {
		HASH_DEL(ledger->objects, entry);
		entry_free(entry);
	}
	free(ledger->path);
	free(ledger);
}

int ledger_save(struct ledger *ledger, struct error *err)
{
	CLEANUP(json_decref) json_t *root = json_pack("{s{}s{}}", "addresses", "firstSeen");
	CLEANUP(free) char *text = NULL;
	struct entry *entry, *next;
	int r;

	if (!ledger->changed)
		return 0;
	HASH_ITER(hh, ledger->owners, entry, next)
		json_object_set_new(json_object_get(root, "addresses"), entry->key,
				    json_string(entry->address));
	HASH_ITER(hh, ledger->objects, entry, next)
		json_object_set_new(json_object_get(root, "firstSeen"), entry->key,
				    json_integer(entry->age));
	text = json_dumps(root, JSON_INDENT(1) | JSON_SORT_KEYS);
	if (!text)
		memory_exhausted();
	r = file_write(ledger->path, text, strlen(text), 0600, err);
	if (r == 0)
		ledger->changed = false;
	return r;
}

const char *ledger_address(const struct ledger *ledger, const char *owner)
{
	const struct entry *entry = find(ledger->owners, owner);

	return entry ? entry->address : NULL;
}

const char *ledger_owner(const struct ledger *ledger, const char *address)
{
	struct entry *entry;

	HASH_FIND(by_address, ledger->addresses, address, strlen(address), entry);
	return entry ? entry->key : NULL;
}

static void release(struct ledger *ledger, struct entry *entry)
{
	HASH_DELETE(by_address, ledger->addresses, entry);
	HASH_DEL(ledger->owners, entry);
	entry_free(entry);
	ledger->changed = true;
}

void ledger_release(struct ledger *ledger, const char *owner)
{
	struct entry *entry = find(ledger->owners, owner);

	if (entry)
		release(ledger, entry);
}

size_t ledger_release_unless(struct ledger *ledger, bool (*keep)(void *context, const char *owner),
			     void *context)
{
	struct entry *entry, *next;
	size_t released = 0;

	HASH_ITER(hh, ledger->owners, entry, next) {
		if (keep(context, entry->key))
			continue;
		release(ledger, entry);
		released++;
	}
	return released;
}

void ledger_assign(struct ledger *ledger, const char *owner, const char *address)
{
	struct entry *entry;

	ledger_release(ledger, owner);
	entry = entry_new(owner);
	entry->address = memory_strdup(address);
	HASH_ADD_KEYPTR(hh, ledger->owners, entry->key, strlen(entry->key), entry);
	HASH_ADD_KEYPTR(by_address, ledger->addresses, entry->address, strlen(entry->address),
			entry);
	ledger->changed = true;
}

int64_t ledger_age(struct ledger *ledger, const char *object, int64_t now)
{
	struct entry *entry = entry_age(ledger, object, now);

	entry->used = true;
	return entry->age;
}

static void forget(struct ledger *ledger, struct entry *entry)
{
	HASH_DEL(ledger->objects, entry);
	entry_free(entry);
	ledger->changed = true;
}

void ledger_forget(struct ledger *ledger, const char *object)
{
	struct entry *entry = find(ledger->objects, object);

	if (entry)
		forget(ledger, entry);
}

void ledger_forget_unused(struct ledger *ledger)
{
	struct entry *entry, *next;

	HASH_ITER(hh, ledger->objects, entry, next)
		if (!entry->used)
			forget(ledger, entry);
}
