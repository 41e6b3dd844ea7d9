/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the serving pair and the client CA as their files say. */
#include "http/keeper.h"

#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "http/thread.h"
#include "net/digest.h"

#define FILE_MAX (1024 * 1024)
/* After an event: how long the folder has to be quiet before the files are read, and how often a
 * pair that does not fit is read once more before that is called a failure. */
#define SETTLE_MS 50
#define RETRIES 3

/* One of the two things that are kept. */
struct kept {
	char digest[DIGEST_HEX_SIZE];			      /* of the files' bytes in force */
	char complaint[sizeof(((struct error *)NULL)->text)]; /* "" while the files are fine */
};

struct keeper {
	struct keeper_options options;
	pthread_t thread;
	int wake, inotify;
	atomic_bool stopping;
	atomic_uint generation;
	atomic_uint_fast64_t reloads, failures;
	struct kept pair_kept, client_ca_kept; /* the thread's own */
	atomic_bool pair_failed, client_ca_failed;
	pthread_mutex_t lock; /* over what follows */
	struct key_pair *pair;
	struct client_ca *client_ca;
};

static void secret_free(struct buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->len);
	buf_free(buf);
}
CLEANUP_DEFINE(secret_free, struct buf *)

static void buf_digest(const struct buf *a, const struct buf *b, char ret[DIGEST_HEX_SIZE])
{
	char first[DIGEST_HEX_SIZE], second[DIGEST_HEX_SIZE];

	digest_hex(buf_text(a), a->len, first);
	digest_hex(buf_text(b), b->len, second);
	digest_parts(ret, first, second, NULL);
}

/* 1: a new pair is in force, 0: the files say what is in force. */
static int pair_read(struct keeper *keeper, struct error *err)
{
	CLEANUP(buf_free) struct buf *certificate = NULL;
	CLEANUP(secret_free) struct buf *key = NULL;
	CLEANUP(key_pair_unref) struct key_pair *pair = NULL;
	char digest[DIGEST_HEX_SIZE];
	struct key_pair *old;
	int r;

	r = file_read(keeper->options.certificate_file, FILE_MAX, &certificate, err);
	if (r >= 0)
		r = file_read(keeper->options.key_file, FILE_MAX, &key, err);
	if (r < 0)
		return r;
	buf_digest(certificate, key, digest);
	if (str_equal(digest, keeper->pair_kept.digest))
		return 0;
	r = key_pair_new(certificate, key, time(NULL), &pair, err);
	if (r < 0)
		return error_prefix(err, "'%s' with '%s'", keeper->options.certificate_file,
				    keeper->options.key_file);
	memcpy(keeper->pair_kept.digest, digest, sizeof(digest));
	pthread_mutex_lock(&keeper->lock);
	old = keeper->pair;
	keeper->pair = take(pair);
	pthread_mutex_unlock(&keeper->lock);
	key_pair_unref(old);
	return 1;
}

/* As pair_read(). */
static int client_ca_read(struct keeper *keeper, struct error *err)
{
	CLEANUP(buf_free) struct buf *pem = NULL;
	CLEANUP(client_ca_unref) struct client_ca *ca = NULL;
	char digest[DIGEST_HEX_SIZE];
	struct client_ca *old;
	int r;

	if (!keeper->options.client_ca_file)
		return 0;
	r = file_read(keeper->options.client_ca_file, FILE_MAX, &pem, err);
	if (r < 0)
		return r;
	digest_hex(buf_text(pem), pem->len, digest);
	if (str_equal(digest, keeper->client_ca_kept.digest))
		return 0;
	r = client_ca_new(pem, time(NULL), &ca, err);
	if (r < 0)
		return error_prefix(err, "'%s'", keeper->options.client_ca_file);
	memcpy(keeper->client_ca_kept.digest, digest, sizeof(digest));
	pthread_mutex_lock(&keeper->lock);
	old = keeper->client_ca;
	keeper->client_ca = take(ca);
	atomic_fetch_add(&keeper->generation, 1);
	pthread_mutex_unlock(&keeper->lock);
	client_ca_unref(old);
	return 1;
}

typedef int kept_read(struct keeper *keeper, struct error *err);

/* Certificate and key are two files: what was read between the two writes is read again. */
static int read_settled(struct keeper *keeper, kept_read *read_files, struct error *err)
{
	struct pollfd wake = { .fd = keeper->wake, .events = POLLIN };
	int r = read_files(keeper, err);

	for (int i = 0; r < 0 && i < RETRIES && !atomic_load(&keeper->stopping); i++) {
		poll(&wake, 1, SETTLE_MS);
		r = read_files(keeper, err);
	}
	return r;
}

static void kept_follow(struct keeper *keeper, struct kept *kept, kept_read *read_files,
			const char *what, atomic_bool *failed)
{
	struct error err;
	int r = str_is_empty(kept->complaint) ? read_settled(keeper, read_files, &err)
					      : read_files(keeper, &err);

	atomic_store(failed, r < 0);
	if (r >= 0) {
		if (r > 0)
			atomic_fetch_add(&keeper->reloads, 1);
		if (r > 0 || !str_is_empty(kept->complaint))
			log_info("https: %s is as its files say", what);
		kept->complaint[0] = '\0';
		return;
	}
	if (str_equal(err.text, kept->complaint))
		return;
	memcpy(kept->complaint, err.text, sizeof(kept->complaint));
	atomic_fetch_add(&keeper->failures, 1);
	log_error("https: %s stays as it was: %s", what, err.text);
}

static void keeper_follow(struct keeper *keeper)
{
	kept_follow(keeper, &keeper->pair_kept, pair_read, "the serving certificate",
		    &keeper->pair_failed);
	kept_follow(keeper, &keeper->client_ca_kept, client_ca_read, "the client CA",
		    &keeper->client_ca_failed);
}

static void drain_events(const struct pollfd fds[2])
{
	char events[4096];

	for (int i = 0; i < 2; i++)
		while (fds[i].fd >= 0 && read(fds[i].fd, events, sizeof(events)) > 0)
			;
}

/* Nothing happens below the folders for a moment, or long enough. */
static void keeper_settle(struct pollfd fds[2])
{
	for (int i = 0; i < 10 && poll(fds, 2, SETTLE_MS) > 0; i++)
		drain_events(fds);
}

static void *keeper_main(void *context)
{
	struct keeper *keeper = context;
	struct pollfd fds[2] = { { .fd = keeper->wake, .events = POLLIN },
				 { .fd = keeper->inotify, .events = POLLIN } };

	while (!atomic_load(&keeper->stopping)) {
		/* The poll's timeout follows a clock that stands still while a machine sleeps; the
		 * files are looked at again when it wakes, at the latest one interval later. */
		if (poll(fds, 2, (int)keeper->options.poll_ms) > 0) {
			drain_events(fds);
			keeper_settle(fds);
		}
		if (!atomic_load(&keeper->stopping))
			keeper_follow(keeper);
	}
	return NULL;
}

/* Kubernetes swaps a symbolic link beside the file, so it is the folder that is watched. A folder
 * that cannot be watched is left to the clock. */
static void folder_watch(struct keeper *keeper, const char *file)
{
	CLEANUP(free) char *path = memory_strdup(file);

	if (!file || keeper->inotify < 0)
		return;
	if (inotify_add_watch(keeper->inotify, dirname(path),
			      IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB) < 0)
		log_warning("https: cannot watch the folder of '%s': %s", file, strerror(errno));
}

static void keeper_free(struct keeper *keeper)
{
	if (keeper->wake >= 0)
		close(keeper->wake);
	if (keeper->inotify >= 0)
		close(keeper->inotify);
	key_pair_unref(keeper->pair);
	client_ca_unref(keeper->client_ca);
	pthread_mutex_destroy(&keeper->lock);
	free(keeper);
}
CLEANUP_DEFINE(keeper_free, struct keeper *)

int keeper_start(const struct keeper_options *options, struct keeper **ret, struct error *err)
{
	CLEANUP(keeper_free) struct keeper *keeper = memory_new(1, sizeof(*keeper));
	int r;

	keeper->options = *options;
	pthread_mutex_init(&keeper->lock, NULL);
	keeper->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	keeper->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (keeper->wake < 0)
		return error_errno(err, errno, "eventfd");
	/* Before the first read, so that no change is missed between the two. */
	folder_watch(keeper, options->certificate_file);
	folder_watch(keeper, options->key_file);
	folder_watch(keeper, options->client_ca_file);
	r = read_settled(keeper, pair_read, err);
	if (r >= 0)
		r = read_settled(keeper, client_ca_read, err);
	if (r < 0)
		return r;
	r = thread_start(&keeper->thread, keeper_main, keeper, err);
	if (r < 0)
		return r;
	*ret = take(keeper);
	return 0;
}

void keeper_look(struct keeper *keeper)
{
	eventfd_write(keeper->wake, 1);
}

void keeper_stop(struct keeper *keeper)
{
	atomic_store(&keeper->stopping, true);
	keeper_look(keeper);
	pthread_join(keeper->thread, NULL);
	keeper_free(keeper);
}

struct key_pair *keeper_pair(struct keeper *keeper)
{
	struct key_pair *pair;

	pthread_mutex_lock(&keeper->lock);
	pair = key_pair_ref(keeper->pair);
	pthread_mutex_unlock(&keeper->lock);
	return pair;
}

struct client_ca *keeper_client_ca(struct keeper *keeper, unsigned *ret_generation)
{
	struct client_ca *ca;

	pthread_mutex_lock(&keeper->lock);
	ca = keeper->client_ca ? client_ca_ref(keeper->client_ca) : NULL;
	*ret_generation = atomic_load(&keeper->generation);
	pthread_mutex_unlock(&keeper->lock);
	return ca;
}

unsigned keeper_generation(const struct keeper *keeper)
{
	return atomic_load_explicit(&keeper->generation, memory_order_acquire);
}

void keeper_state(struct keeper *keeper, struct keeper_state *ret)
{
	*ret = (struct keeper_state){
		.reloads = atomic_load(&keeper->reloads),
		.failures = atomic_load(&keeper->failures),
		.last_failed =
			atomic_load(&keeper->pair_failed) || atomic_load(&keeper->client_ca_failed),
	};
	pthread_mutex_lock(&keeper->lock);
	ret->pair_not_after = keeper->pair->not_after;
	ret->client_ca_not_after = keeper->client_ca ? keeper->client_ca->not_after : 0;
	pthread_mutex_unlock(&keeper->lock);
}
