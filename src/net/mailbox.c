/* SPDX-License-Identifier: Apache-2.0 */
/* Messages between threads: a list under a short lock, and an eventfd that wakes the owner's loop. */
#include "net/mailbox.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"

struct letter {
	struct letter *next;
	void *message;
};

struct mailbox {
	pthread_mutex_t lock;
	struct letter *first, **last;
	int fd;
	struct event *readable;
	void (*handle)(void *context, void *message);
	void *context;
};

static struct letter *mailbox_take(struct mailbox *mailbox)
{
	struct letter *first;

	pthread_mutex_lock(&mailbox->lock);
	first = take(mailbox->first);
	mailbox->last = &mailbox->first;
	pthread_mutex_unlock(&mailbox->lock);
	return first;
}

static void *letter_open(struct letter **first)
{
	struct letter *letter = *first;
	void *message = letter->message;

	*first = letter->next;
	free(letter);
	return message;
}

static void mailbox_readable(int fd, short what, void *context)
{
	struct mailbox *mailbox = context;
	struct letter *first;
	uint64_t count;

	(void)what;
	/* Emptied before the list is taken: a post from here on wakes us again. */
	if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		log_error("mailbox: %s", strerror(errno));
	first = mailbox_take(mailbox);
	while (first)
		mailbox->handle(mailbox->context, letter_open(&first));
}

struct mailbox *mailbox_new(struct event_base *base, void (*handle)(void *context, void *message),
			    void *context)
{
	struct mailbox *mailbox = memory_new(1, sizeof(*mailbox));

	pthread_mutex_init(&mailbox->lock, NULL);
	mailbox->last = &mailbox->first;
	mailbox->handle = handle;
	mailbox->context = context;
	mailbox->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (mailbox->fd < 0) {
		/* Without a descriptor at start nothing can run. */
		log_error("mailbox: eventfd: %s", strerror(errno));
		memory_exhausted();
	}
	mailbox->readable =
		event_new(base, mailbox->fd, EV_READ | EV_PERSIST, mailbox_readable, mailbox);
	if (!mailbox->readable || event_add(mailbox->readable, NULL) < 0)
		memory_exhausted();
	return mailbox;
}

void mailbox_free(struct mailbox *mailbox, void (*discard)(void *message))
{
	struct letter *first;

	if (!mailbox)
		return;
	event_free(mailbox->readable);
	close(mailbox->fd);
	first = mailbox_take(mailbox);
	while (first) {
		void *message = letter_open(&first);

		if (discard)
			discard(message);
	}
	pthread_mutex_destroy(&mailbox->lock);
	free(mailbox);
}

void mailbox_post(struct mailbox *mailbox, void *message)
{
	struct letter *letter = memory_new(1, sizeof(*letter));
	uint64_t one = 1;

	letter->message = message;
	pthread_mutex_lock(&mailbox->lock);
	*mailbox->last = letter;
	mailbox->last = &letter->next;
	/* Under the lock: once the owner has this message, it may free the mailbox. */
	if (write(mailbox->fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		log_error("mailbox: %s", strerror(errno));
	pthread_mutex_unlock(&mailbox->lock);
}
