/* SPDX-License-Identifier: Apache-2.0 */
/* The notices of inotify, and the timers around it. */
#include "source/watch.h"

#include <errno.h>
#include <event2/event.h>
#include <limits.h>
#include <stdalign.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <uthash.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"

#define SETTLE_MS 100
#define POLL_MS 2000
#define EVENTS                                                                                   \
	(IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | \
	 IN_MOVE_SELF | IN_ATTRIB | IN_ONLYDIR)

/* Somebody who wants to hear of one watched folder. */
struct listener {
	void *owner;
	bool elsewhere;
	char *entry; /* elsewhere: the entry that it is about */
	char *name;  /* elsewhere: as what it is reported */
};

struct watched {
	int wd;
	struct listener *listeners;
	size_t count;
	UT_hash_handle hh;
};

struct watch {
	struct watch_hooks hooks;
	int fd;
	struct event *readable, *settle, *later;
	struct watched *watched;
	bool polling; /* the kernel refused a watch */
};

static struct timeval timeval_of(unsigned ms)
{
	return (struct timeval){ .tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000 };
}

void watch_later(struct watch *watch, unsigned ms)
{
	struct timeval after = timeval_of(ms), pending, now;

	if (event_pending(watch->later, EV_TIMEOUT, &pending)) {
		gettimeofday(&now, NULL);
		timeradd(&now, &after, &now);
		if (timercmp(&pending, &now, <))
			return;
	}
	event_add(watch->later, &after);
}

static void note(struct watch *watch, void *owner, const char *name, enum watch_event event)
{
	struct timeval after = timeval_of(SETTLE_MS);

	/* The window opens with the first change and is not moved by the next, so that a folder in
	 * which something always happens is read too. */
	if (watch->hooks.noted(watch->hooks.context, owner, name, event) &&
	    !event_pending(watch->settle, EV_TIMEOUT, NULL))
		event_add(watch->settle, &after);
}

static void watched_free(struct watch *watch, struct watched *watched)
{
	HASH_DEL(watch->watched, watched);
	for (size_t i = 0; i < watched->count; i++) {
		free(watched->listeners[i].entry);
		free(watched->listeners[i].name);
	}
	free(watched->listeners);
	free(watched);
}

static enum watch_event event_of(uint32_t mask)
{
	if (mask & IN_CREATE)
		return mask & IN_ISDIR ? WATCH_CHANGED : WATCH_CREATED;
	return mask & IN_ATTRIB ? WATCH_TOUCHED : WATCH_CHANGED;
}

static void tell_listener(struct watch *watch, const struct listener *listener, const char *entry,
			  enum watch_event event)
{
	if (!listener->elsewhere)
		note(watch, listener->owner, entry, event);
	else if (!entry || str_equal(entry, listener->entry))
		note(watch, listener->owner, listener->name, event);
}

static void handle(struct watch *watch, const struct inotify_event *event)
{
	const char *entry = event->len ? event->name : NULL;
	struct watched *watched;

	if (event->mask & IN_Q_OVERFLOW) {
		log_warning(
			"the kernel dropped notices of changed files; reading the folder again");
		note(watch, NULL, NULL, WATCH_CHANGED);
		return;
	}
	HASH_FIND_INT(watch->watched, &event->wd, watched);
	if (!watched)
		return;
	for (size_t i = 0; i < watched->count; i++)
		tell_listener(watch, &watched->listeners[i], entry, event_of(event->mask));
	if (event->mask & IN_IGNORED)
		watched_free(watch, watched);
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	alignas(struct inotify_event) char
		buffer[64 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
	struct watch *watch = context;
	ssize_t length;

	(void)what;
	while ((length = read(fd, buffer, sizeof(buffer))) > 0) {
		const struct inotify_event *event;

		for (const char *at = buffer; at < buffer + length;
		     at += sizeof(*event) + event->len) {
			event = (const void *)at;
			handle(watch, event);
		}
	}
}

static void on_settle(evutil_socket_t fd, short what, void *context)
{
	struct watch *watch = context;

	(void)fd;
	(void)what;
	watch->hooks.settled(watch->hooks.context);
}

static void on_later(evutil_socket_t fd, short what, void *context)
{
	struct watch *watch = context;

	if (watch->polling) {
		watch_later(watch, POLL_MS);
		watch->hooks.noted(watch->hooks.context, NULL, NULL, WATCH_CHANGED);
	}
	on_settle(fd, what, context);
}

int watch_new(struct event_base *base, const struct watch_hooks *hooks, struct watch **ret,
	      struct error *err)
{
	CLEANUP(watch_free) struct watch *watch = memory_new(1, sizeof(*watch));

	watch->hooks = *hooks;
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (watch->fd < 0)
		return error_errno(err, errno, "cannot watch files (inotify)");
	watch->readable = event_new(base, watch->fd, EV_READ | EV_PERSIST, on_readable, watch);
	watch->settle = event_new(base, -1, 0, on_settle, watch);
	watch->later = event_new(base, -1, 0, on_later, watch);
	if (!watch->readable || !watch->settle || !watch->later)
		memory_exhausted();
	event_add(watch->readable, NULL);
	*ret = take(watch);
	return 0;
}

void watch_free(struct watch *watch)
{
	struct watched *watched, *next;

	if (!watch)
		return;
	HASH_ITER(hh, watch->watched, watched, next)
		watched_free(watch, watched);
	if (watch->readable)
		event_free(watch->readable);
	if (watch->settle)
		event_free(watch->settle);
	if (watch->later)
		event_free(watch->later);
	if (watch->fd >= 0)
		close(watch->fd);
	free(watch);
}

/* ENOSPC: the user's limit of watches is used up. */
static void start_polling(struct watch *watch, const char *path, int number)
{
	if (watch->polling)
		return;
	watch->polling = true;
	log_warning("%s: cannot be watched: %s; looking every %d s instead%s", path,
		    strerror(number), POLL_MS / 1000,
		    number == ENOSPC ? " (raise fs.inotify.max_user_watches)" : "");
	watch_later(watch, POLL_MS);
}

static void add_listener(struct watch *watch, const char *path, const struct listener *listener)
{
	struct watched *watched;
	int wd;

	wd = inotify_add_watch(watch->fd, path, EVENTS);
	if (wd < 0) {
		/* Gone, closed to us or no folder: who asked finds that out by reading it. */
		if (errno == ENOSPC || errno == ENOMEM)
			start_polling(watch, path, errno);
		return;
	}
	HASH_FIND_INT(watch->watched, &wd, watched);
	if (!watched) {
		watched = memory_new(1, sizeof(*watched));
		watched->wd = wd;
		HASH_ADD_INT(watch->watched, wd, watched);
	}
	for (size_t i = 0; i < watched->count; i++) {
		const struct listener *known = &watched->listeners[i];

		if (known->owner == listener->owner && known->elsewhere == listener->elsewhere &&
		    str_equal(known->entry, listener->entry) &&
		    str_equal(known->name, listener->name))
			return;
	}
	watched->listeners =
		memory_resize(watched->listeners, watched->count + 1, sizeof(*watched->listeners));
	watched->listeners[watched->count++] = (struct listener){
		.owner = listener->owner,
		.elsewhere = listener->elsewhere,
		.entry = memory_strdup(listener->entry),
		.name = memory_strdup(listener->name),
	};
}

void watch_folder(struct watch *watch, const char *path, void *owner)
{
	add_listener(watch, path, &(struct listener){ .owner = owner });
}

void watch_elsewhere(struct watch *watch, const char *path, void *owner, const char *name)
{
	const char *slash = strrchr(path, '/');
	CLEANUP(buf_done) struct buf parent = { 0 };
	struct listener listener = { .owner = owner,
				     .elsewhere = true,
				     .entry = (char *)(uintptr_t)(slash ? slash + 1 : path),
				     .name = (char *)(uintptr_t)name };

	buf_puts(&parent, slash ? "" : ".");
	if (slash)
		buf_add(&parent, path, slash == path ? 1 : (size_t)(slash - path));
	add_listener(watch, buf_text(&parent), &listener);
}

void watch_forget(struct watch *watch, const void *owner, const char *name)
{
	struct watched *watched, *next;

	HASH_ITER(hh, watch->watched, watched, next) {
		size_t kept = 0;

		for (size_t i = 0; i < watched->count; i++) {
			struct listener *listener = &watched->listeners[i];

			if (listener->owner != owner ||
			    (name && !(listener->elsewhere && str_equal(listener->name, name)))) {
				watched->listeners[kept++] = *listener;
				continue;
			}
			free(listener->entry);
			free(listener->name);
		}
		watched->count = kept;
		if (kept)
			continue;
		inotify_rm_watch(watch->fd, watched->wd);
		watched_free(watch, watched);
	}
}
