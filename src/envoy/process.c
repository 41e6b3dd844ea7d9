/* SPDX-License-Identifier: Apache-2.0 */
/* The Envoy of `kubelb run`: started, kept alive, drained. */
#include "envoy/process.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "envoy/admin.h"
#include "envoy/spawn.h"

#define ADMIN_SOCKET "admin.sock"
#define LINE_MAX_BYTES 2048
#define BACKOFF_MIN_MS 200
#define BACKOFF_MAX_MS 5000
/* One that lived so long was healthy; its successor starts at once. */
#define HEALTHY_MS 10000
#define POLL_MS 100
#define KILL_MS 2000

enum stage { STAGE_RUNNING, STAGE_DRAINING, STAGE_TERMINATING, STAGE_STOPPED };

struct envoy_process {
	struct event_base *base;
	struct envoy_process_options options;
	struct child child;	      /* pid 0: none runs */
	struct event *ended, *output; /* of the child */
	struct event *timer;	      /* the next start, the next step of a stop */
	struct evbuffer *lines;	      /* output that has not yet ended in a newline */
	struct admin_request *request;
	enum stage stage;
	unsigned int backoff_ms;
	int64_t started, drain_deadline;
	unsigned int polls;
	char last_words[256];
	void (*stopped)(void *context);
	void *stopped_context;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void set_timer(struct envoy_process *process, unsigned int milliseconds)
{
	struct timeval delay = { .tv_sec = milliseconds / 1000,
				 .tv_usec = (suseconds_t)(milliseconds % 1000) * 1000 };

	event_add(process->timer, &delay);
}

/* "<level> <logger> <text>", as --log-format below makes it. */
static void relay_line(struct envoy_process *process, const char *line)
{
	const char *text = strchr(line, ' ') ? strchr(line, ' ') + 1 : line;

	if (process->stage != STAGE_RUNNING) {
		log_debug("envoy: %s", line);
	} else if (str_has_prefix(line, "error ") || str_has_prefix(line, "critical ")) {
		snprintf(process->last_words, sizeof(process->last_words), "%s", text);
		log_error("envoy: %s", text);
	} else if (str_has_prefix(line, "info ")) {
		log_info("envoy: %s", text);
	} else {
		log_warning("envoy: %s", str_has_prefix(line, "warning ") ? text : line);
	}
}

/* Relays whole lines; one that is too long is cut into several. */
static void relay_lines(struct envoy_process *process)
{
	char *line;

	while ((line = evbuffer_readln(process->lines, NULL, EVBUFFER_EOL_LF))) {
		relay_line(process, line);
		free(line);
	}
	while (evbuffer_get_length(process->lines) >= LINE_MAX_BYTES) {
		char part[LINE_MAX_BYTES + 1] = "";

		evbuffer_remove(process->lines, part, LINE_MAX_BYTES);
		relay_line(process, part);
	}
}

static void on_output(evutil_socket_t fd, short what, void *context)
{
	struct envoy_process *process = context;

	(void)what;
	if (evbuffer_read(process->lines, fd, 65536) == 0)
		event_del(process->output);
	relay_lines(process);
}

/* Releases what belongs to the child, which has ended. */
static void forget_child(struct envoy_process *process)
{
	event_free(process->ended);
	event_free(process->output);
	close(process->child.pidfd);
	close(process->child.output);
	process->ended = process->output = NULL;
	process->child = (struct child){ 0 };
	admin_request_cancel(take(process->request));
}

/* Envoy leaves it behind, however it ends. */
static void remove_socket(const struct envoy_process *process)
{
	CLEANUP(buf_done) struct buf path = { 0 };

	buf_printf(&path, "%s/" ADMIN_SOCKET, process->options.folder);
	unlink(path.data);
}

static void describe_end(const struct envoy_process *process, int status, char *text, size_t size)
{
	const char *colon = *process->last_words ? ": " : "";

	if (WIFSIGNALED(status))
		snprintf(text, size, "killed by signal %d (%s)%s%s", WTERMSIG(status),
			 strsignal(WTERMSIG(status)), colon, process->last_words);
	else
		snprintf(text, size, "left with status %d%s%s", WEXITSTATUS(status), colon,
			 process->last_words);
}

static void schedule_restart(struct envoy_process *process)
{
	if (now_ms() - process->started >= HEALTHY_MS)
		process->backoff_ms = 0;
	set_timer(process, process->backoff_ms);
	process->backoff_ms = process->backoff_ms ? process->backoff_ms * 2 : BACKOFF_MIN_MS;
	if (process->backoff_ms > BACKOFF_MAX_MS)
		process->backoff_ms = BACKOFF_MAX_MS;
}

static void on_ended(evutil_socket_t fd, short what, void *context)
{
	struct envoy_process *process = context;
	char why[512];
	int status = 0;

	(void)fd;
	(void)what;
	waitpid(process->child.pid, &status, 0);
	while (evbuffer_read(process->lines, process->child.output, 65536) > 0)
		relay_lines(process);
	forget_child(process);
	if (process->stage != STAGE_RUNNING) {
		remove_socket(process);
		process->stage = STAGE_STOPPED;
		set_timer(process, 0);
		return;
	}
	describe_end(process, status, why, sizeof(why));
	log_error("envoy: %s; it is started again", why);
	schedule_restart(process);
	if (process->options.died)
		process->options.died(process->options.context, why);
}

static int start(struct envoy_process *process, struct error *err)
{
	char drain[16], concurrency[16];
	char *argv[] = { (char *)(uintptr_t)process->options.program, "--disable-hot-restart", "-c",
			 "bootstrap.json", "--drain-time-s", drain, "--log-level", "warning",
			 /* The one way to name a UDP cluster is a feature in progress. */
			 "--component-log-level", "misc:error", "--log-format-escaped",
			 "--log-format", "%l %n %v",
			 process->options.concurrency ? "--concurrency" : NULL, concurrency, NULL };
	int r;

	snprintf(drain, sizeof(drain), "%u", process->options.drain_seconds);
	snprintf(concurrency, sizeof(concurrency), "%u", process->options.concurrency);
	r = spawn(process->options.folder, argv, &process->child, err);
	if (r < 0)
		return r;
	process->started = now_ms();
	process->last_words[0] = '\0';
	process->ended = event_new(process->base, process->child.pidfd, EV_READ, on_ended, process);
	process->output = event_new(process->base, process->child.output, EV_READ | EV_PERSIST,
				    on_output, process);
	if (!process->ended || !process->output)
		memory_exhausted();
	event_add(process->ended, NULL);
	event_add(process->output, NULL);
	return 0;
}

static void terminate(struct envoy_process *process)
{
	admin_request_cancel(take(process->request));
	process->stage = STAGE_TERMINATING;
	kill(process->child.pid, SIGTERM);
	set_timer(process, KILL_MS);
}

/* The count is as of the request before, so that the first answer says nothing. */
static void on_connections(void *context, const char *body)
{
	struct envoy_process *process = context;

	process->request = NULL;
	if (!body || (process->polls++ > 0 && strstr(body, "server.total_connections: 0\n")) ||
	    now_ms() >= process->drain_deadline)
		terminate(process);
	else
		set_timer(process, POLL_MS);
}

static void poll_connections(struct envoy_process *process)
{
	process->request = admin_request_new(process->base, process->options.folder, ADMIN_SOCKET,
					     "GET", "/stats?filter=^server.total_connections$",
					     on_connections, process);
}

static void on_drained(void *context, const char *body)
{
	struct envoy_process *process = context;

	process->request = NULL;
	if (body)
		poll_connections(process);
	else
		terminate(process);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct envoy_process *process = context;
	struct error err;

	(void)fd;
	(void)what;
	switch (process->stage) {
	case STAGE_RUNNING:
		if (start(process, &err) < 0) {
			log_error("envoy: %s", err.text);
			schedule_restart(process);
		}
		break;
	case STAGE_DRAINING:
		poll_connections(process);
		break;
	case STAGE_TERMINATING:
		kill(process->child.pid, SIGKILL);
		break;
	case STAGE_STOPPED:
		process->stopped(process->stopped_context);
		break;
	}
}

int envoy_process_new(struct event_base *base, const struct envoy_process_options *options,
		      struct envoy_process **ret, struct error *err)
{
	CLEANUP(envoy_process_free) struct envoy_process *process = memory_new(1, sizeof(*process));
	int r;

	process->base = base;
	process->options = *options;
	process->options.program = memory_strdup(options->program);
	process->options.folder = memory_strdup(options->folder);
	process->lines = evbuffer_new();
	process->timer = event_new(base, -1, 0, on_timer, process);
	if (!process->lines || !process->timer)
		memory_exhausted();
	r = start(process, err);
	if (r < 0)
		return r;
	*ret = take(process);
	return 0;
}

void envoy_process_stop(struct envoy_process *process, void (*stopped)(void *context),
			void *context)
{
	process->stopped = stopped;
	process->stopped_context = context;
	if (process->stage != STAGE_RUNNING)
		return;
	if (!process->child.pid) {
		process->stage = STAGE_STOPPED;
		set_timer(process, 0);
		return;
	}
	process->stage = STAGE_DRAINING;
	process->drain_deadline = now_ms() + (int64_t)process->options.drain_seconds * 1000;
	process->request =
		admin_request_new(process->base, process->options.folder, ADMIN_SOCKET, "POST",
				  "/drain_listeners?graceful", on_drained, process);
}

void envoy_process_free(struct envoy_process *process)
{
	if (!process)
		return;
	if (process->child.pid) {
		kill(process->child.pid, SIGKILL);
		waitpid(process->child.pid, NULL, 0);
		forget_child(process);
		remove_socket(process);
	}
	event_free(process->timer);
	evbuffer_free(process->lines);
	free((void *)(uintptr_t)process->options.program);
	free((void *)(uintptr_t)process->options.folder);
	free(process);
}

int envoy_process_pid(const struct envoy_process *process)
{
	return process->child.pid;
}
