/* SPDX-License-Identifier: Apache-2.0 */
/* The one way between threads: messages posted from any thread, handled on the owner's loop. */
#pragma once

#include "base/cleanup.h"

struct event_base;
struct mailbox;

/* handle() is called on base's thread, in the order of posting, and owns each message; it must not
 * free the mailbox. Never NULL. */
struct mailbox *mailbox_new(struct event_base *base, void (*handle)(void *context, void *message),
			    void *context);

/* On the owner's thread, when nobody posts any more; messages still inside go to discard(), which
 * may be NULL where they own nothing. */
void mailbox_free(struct mailbox *mailbox, void (*discard)(void *message));

/* Hands message over; any thread; never blocks on the handler. */
void mailbox_post(struct mailbox *mailbox, void *message);
