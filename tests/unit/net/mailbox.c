/* SPDX-License-Identifier: Apache-2.0 */
#include "net/mailbox.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "tests/unit/suite.h"

enum { THREADS = 4, EACH = 2000 };

struct reader {
	struct event_base *base;
	struct mailbox *mailbox;
	unsigned next[THREADS];
	unsigned count;
	bool in_order;
};

struct writer {
	struct mailbox *mailbox;
	unsigned number;
	pthread_t thread;
};

/* A message names its writer and its place. */
static void *message(unsigned writer, unsigned place)
{
	return (void *)(uintptr_t)(1 + writer * EACH + place);
}

static void *write_all(void *context)
{
	struct writer *writer = context;

	for (unsigned i = 0; i < EACH; i++)
		mailbox_post(writer->mailbox, message(writer->number, i));
	return NULL;
}

static void read_one(void *context, void *taken)
{
	struct reader *reader = context;
	unsigned number = (unsigned)((uintptr_t)taken - 1);

	if (number % EACH != reader->next[number / EACH]++)
		reader->in_order = false;
	if (++reader->count == THREADS * EACH)
		event_base_loopbreak(reader->base);
}

START_TEST(post_many_threads_all_arrive_in_order)
{
	struct reader reader = { .base = event_base_new(), .in_order = true };
	struct writer writers[THREADS];

	reader.mailbox = mailbox_new(reader.base, read_one, &reader);
	for (unsigned i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){ .mailbox = reader.mailbox, .number = i };
		ck_assert_int_eq(pthread_create(&writers[i].thread, NULL, write_all, &writers[i]),
				 0);
	}
	event_base_dispatch(reader.base);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(writers[i].thread, NULL);
	ck_assert_uint_eq(reader.count, THREADS * EACH);
	ck_assert(reader.in_order);
	mailbox_free(reader.mailbox, NULL);
	event_base_free(reader.base);
}
END_TEST

static void read_and_post_again(void *context, void *taken)
{
	struct reader *reader = context;

	if (++reader->count < 3)
		mailbox_post(reader->mailbox, taken);
	else
		event_base_loopbreak(reader->base);
}

START_TEST(post_from_handler_arrives)
{
	struct reader reader = { .base = event_base_new() };

	reader.mailbox = mailbox_new(reader.base, read_and_post_again, &reader);
	mailbox_post(reader.mailbox, message(0, 0));
	event_base_dispatch(reader.base);
	ck_assert_uint_eq(reader.count, 3);
	mailbox_free(reader.mailbox, NULL);
	event_base_free(reader.base);
}
END_TEST

static unsigned discarded;

static void discard(void *taken)
{
	ck_assert_ptr_eq(taken, message(0, discarded));
	discarded++;
}

START_TEST(free_with_messages_inside_discards_each)
{
	struct reader reader = { .base = event_base_new() };

	reader.mailbox = mailbox_new(reader.base, read_one, &reader);
	for (unsigned i = 0; i < 3; i++)
		mailbox_post(reader.mailbox, message(0, i));
	mailbox_free(reader.mailbox, discard);
	ck_assert_uint_eq(discarded, 3);
	ck_assert_uint_eq(reader.count, 0);
	event_base_free(reader.base);
}
END_TEST

SUITE(net_mailbox, post_many_threads_all_arrive_in_order, post_from_handler_arrives,
      free_with_messages_inside_discards_each)
