/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded queue of lines, and a thread that writes them. */
#include "manager/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"

/* What may wait: lines, and their bytes. */
#define LINES_MAX 8192
#define BYTES_MAX (16UL << 20)
#define BATCH_SIZE (64UL << 10)
/* How long the writer waits for a reader who does not read. */
#define STALL_MS 1000
/* How long audit_free() does. */
#define LAST_MS 2000

struct line {
	char *text;
	size_t length;
};

struct audit {
	char *path;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	/* Under the lock. */
	struct line queue[LINES_MAX];
	size_t count, bytes;
	bool leaving, reopening;

	atomic_uint_least64_t written, dropped;
	/* The writer's own. */
	int fd;
	bool stream;	/* a pipe or socket, which takes PIPE_BUF bytes or makes us wait */
	bool failed;	/* it was said */
	bool cut;	/* the last line was not written to its end */
	int64_t end_ms; /* when to give up; 0: not leaving */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int open_path(struct audit *audit, struct error *err)
{
	struct stat st;
	int fd;

	/* A FIFO that nobody reads must not hold us up. */
	fd = str_equal(audit->path, "-")
		     ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
		     : open(audit->path,
			    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
			    0600);
	if (fd < 0)
		return error_errno(err, errno, "audit log '%s'", audit->path);
	if (audit->fd >= 0)
		close(audit->fd);
	audit->fd = fd;
	audit->stream = fstat(fd, &st) < 0 || !S_ISREG(st.st_mode);
	audit->cut = false;
	return 0;
}

/* Waits for room. False: there is none, errno says why. */
static bool wait_writable(const struct audit *audit)
{
	struct pollfd pollfd = { .fd = audit->fd, .events = POLLOUT };
	int64_t left = audit->end_ms ? audit->end_ms - now_ms() : STALL_MS;
	int r;

	if (!audit->stream)
		return true;
	r = poll(&pollfd, 1, left > 0 ? (int)left : 0);
	if (r == 0)
		errno = EAGAIN;
	return r > 0;
}

/* How many of the bytes were written; fewer than all: errno says why. */
static size_t write_bytes(struct audit *audit, const char *bytes, size_t length)
{
	size_t done = 0;

	while (done < length) {
		size_t most = length - done;
		ssize_t n;

		if (audit->stream && most > PIPE_BUF)
			most = PIPE_BUF;
		if (!wait_writable(audit))
			break;
		n = write(audit->fd, bytes + done, most);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			done += (size_t)n;
	}
	return done;
}

static void say(struct audit *audit, bool good)
{
	if (good && audit->failed)
		log_info("audit log '%s': it can be written again, %llu lines were lost so far",
			 audit->path, (unsigned long long)atomic_load(&audit->dropped));
	else if (!good && !audit->failed)
		log_error("audit log '%s': %s; decisions go on, lines are lost", audit->path,
			  strerror(errno));
	audit->failed = !good;
}

/* Writes whole lines, and counts which of them arrived. */
static void write_batch(struct audit *audit, const struct buf *batch, size_t lines)
{
	size_t arrived = 0, done;

	/* What is left of a line must not swallow the next one. */
	if (audit->cut && write_bytes(audit, "\n", 1))
		audit->cut = false;
	done = audit->cut ? 0 : write_bytes(audit, batch->data, batch->len);
	say(audit, done == batch->len);
	for (size_t i = 0; i < done; i++)
		arrived += batch->data[i] == '\n';
	if (done)
		audit->cut = batch->data[done - 1] != '\n';
	atomic_fetch_add(&audit->written, arrived);
	atomic_fetch_add(&audit->dropped, lines - arrived);
}

static void write_lines(struct audit *audit, const struct line *lines, size_t count)
{
	CLEANUP(buf_done) struct buf batch = { 0 };
	size_t first = 0;

	for (size_t i = 0; i < count; i++) {
		buf_add(&batch, lines[i].text, lines[i].length);
		free(lines[i].text);
		if (batch.len < BATCH_SIZE && i + 1 < count)
			continue;
		write_batch(audit, &batch, i + 1 - first);
		first = i + 1;
		buf_clear(&batch);
	}
}

/* Takes all that waits, or sleeps until something does. False: nothing will come any more. */
static bool take_lines(struct audit *audit, struct line *ret, size_t *ret_count, bool *ret_reopen)
{
	bool more;

	pthread_mutex_lock(&audit->lock);
	while (!audit->count && !audit->leaving && !audit->reopening)
		pthread_cond_wait(&audit->filled, &audit->lock);
	for (size_t i = 0; i < audit->count; i++)
		ret[i] = audit->queue[i];
	*ret_count = audit->count;
	*ret_reopen = audit->reopening;
	if (audit->leaving && !audit->end_ms)
		audit->end_ms = now_ms() + LAST_MS;
	more = audit->count || !audit->leaving;
	audit->count = audit->bytes = 0;
	audit->reopening = false;
	pthread_mutex_unlock(&audit->lock);
	return more;
}

static void *run(void *context)
{
	struct audit *audit = context;
	CLEANUP(free) struct line *lines = memory_new(LINES_MAX, sizeof(*lines));
	size_t count;
	bool reopen;

	while (take_lines(audit, lines, &count, &reopen)) {
		struct error err;

		if (reopen && open_path(audit, &err) < 0)
			log_error("%s; the old file is written on", err.text);
		write_lines(audit, lines, count);
	}
	return NULL;
}

int audit_new(const char *path, struct audit **ret, struct error *err)
{
	struct audit *audit = memory_new(1, sizeof(*audit));
	int r;

	audit->path = memory_strdup(path);
	audit->fd = -1;
	pthread_mutex_init(&audit->lock, NULL);
	pthread_cond_init(&audit->filled, NULL);
	r = open_path(audit, err);
	if (r == 0) {
		int failed = pthread_create(&audit->thread, NULL, run, audit);

		if (failed)
			r = error_errno(err, failed, "audit log: no thread");
	}
	if (r < 0) {
		if (audit->fd >= 0)
			close(audit->fd);
		free(audit->path);
		free(audit);
		return r;
	}
	*ret = audit;
	return 0;
}

void audit_free(struct audit *audit)
{
	if (!audit)
		return;
	pthread_mutex_lock(&audit->lock);
	audit->leaving = true;
	pthread_cond_signal(&audit->filled);
	pthread_mutex_unlock(&audit->lock);
	pthread_join(audit->thread, NULL);
	pthread_cond_destroy(&audit->filled);
	pthread_mutex_destroy(&audit->lock);
	close(audit->fd);
	free(audit->path);
	free(audit);
}

void audit_add(struct audit *audit, struct buf *line)
{
	size_t length = line->len;
	CLEANUP(free) char *text = buf_take(line);
	bool queued = false;

	pthread_mutex_lock(&audit->lock);
	if (audit->count < LINES_MAX && audit->bytes + length <= BYTES_MAX) {
		audit->queue[audit->count] = (struct line){ take(text), length };
		audit->bytes += length;
		queued = true;
		if (audit->count++ == 0)
			pthread_cond_signal(&audit->filled);
	}
	pthread_mutex_unlock(&audit->lock);
	if (!queued)
		atomic_fetch_add(&audit->dropped, 1);
}

void audit_reopen(struct audit *audit)
{
	pthread_mutex_lock(&audit->lock);
	audit->reopening = true;
	pthread_cond_signal(&audit->filled);
	pthread_mutex_unlock(&audit->lock);
}

struct audit_stats audit_stats(struct audit *audit)
{
	return (struct audit_stats){ atomic_load(&audit->written), atomic_load(&audit->dropped) };
}
