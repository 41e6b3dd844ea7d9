/* SPDX-License-Identifier: Apache-2.0 */
/* Finds a duplicate key. Keys are compared in pairs where there are few and sorted where there are
 * many: no choice of keys makes that slow, as it could a table of hashes. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "json/scan_internal.h"

#define FEW 16

struct key {
	const char *text; /* without backslashes */
	uint32_t length;
	const struct scan_node *node;
};

/* By length first, since that is mostly enough, and equal ones in the order of the text. */
static int key_order(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	order = memcmp(x->text, y->text, x->length);
	if (order)
		return order;
	return x->node < y->node ? -1 : x->node > y->node;
}

static bool key_equal(const struct key *x, const struct key *y)
{
	return x->length == y->length && memcmp(x->text, y->text, x->length) == 0;
}

static const struct scan_node *duplicate_of_few(const struct key *keys, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (key_equal(&keys[i], &keys[j]))
				return keys[i].node;
	return NULL;
}

static const struct scan_node *duplicate_of_many(struct key *keys, size_t count)
{
	qsort(keys, count, sizeof(*keys), key_order);
	for (size_t i = 1; i < count; i++)
		if (key_equal(&keys[i], &keys[i - 1]))
			return keys[i].node;
	return NULL;
}

static const struct scan_node *behind(const struct scan *scan, const struct scan_node *key)
{
	return scan_next(scan, key + 1);
}

/* Where backslashes stand or keys are many: all of them, on the heap. */
static const struct scan_node *duplicate_unescaped(const struct scan *scan,
						   const struct scan_node *first,
						   const struct scan_node *end)
{
	CLEANUP(free) struct key *keys = NULL;
	CLEANUP(free) char *texts = NULL;
	size_t count = 0, room = 0, i = 0;
	char *at;

	for (const struct scan_node *key = first; key < end; key = behind(scan, key)) {
		count++;
		room += key->escaped ? key->length : 0;
	}
	keys = memory_new(count, sizeof(*keys));
	at = texts = memory_new(room, 1);
	for (const struct scan_node *key = first; key < end; key = behind(scan, key)) {
		const char *text = scan->text + key->start;

		keys[i] = (struct key){ .text = text, .length = key->length, .node = key };
		if (key->escaped) {
			keys[i].text = at;
			keys[i].length = (uint32_t)scan_unescape(text, key->length, at);
			at += keys[i].length;
		}
		i++;
	}
	return count <= FEW ? duplicate_of_few(keys, count) : duplicate_of_many(keys, count);
}

const struct scan_node *scan_duplicate_key(const struct scan *scan, const struct scan_node *object)
{
	const struct scan_node *end = scan->nodes + object->next;
	struct key keys[FEW];
	size_t count = 0;

	for (const struct scan_node *key = object + 1; key < end; key = behind(scan, key)) {
		if (count == FEW || key->escaped)
			return duplicate_unescaped(scan, object + 1, end);
		keys[count++] = (struct key){ .text = scan->text + key->start,
					      .length = key->length,
					      .node = key };
	}
	return duplicate_of_few(keys, count);
}
