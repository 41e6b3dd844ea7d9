/* SPDX-License-Identifier: Apache-2.0 */
/* A real Envoy, named by ENVOY, is started, killed, and stopped with and without a connection.
 * Without ENVOY skipped, loudly; a failure where CI=true. */
#include "envoy/process.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "envoy/bootstrap.h"
#include "envoy/snippet.h"
#include "json/read.h"

#define ADDRESS "127.64.251.1"
#define PORT 10080

#define CHECK(condition)                                                                        \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			exit(1);                                                                \
		}                                                                               \
	} while (0)

struct run {
	struct event_base *base;
	struct envoy_process *process;
	char folder[64];
	char why[512];
	bool stopped;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_died(void *context, const char *why)
{
	struct run *run = context;

	snprintf(run->why, sizeof(run->why), "%s", why);
}

static void on_stopped(void *context)
{
	struct run *run = context;

	run->stopped = true;
}

static int connect_listener(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, ADDRESS, &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Runs the loop in small steps until a connection can be made. */
static int wait_until_listening(struct run *run, double seconds)
{
	double end = now() + seconds;
	int fd;

	while ((fd = connect_listener()) < 0 && now() < end) {
		struct timeval step = { .tv_usec = 20000 };

		event_base_loopexit(run->base, &step);
		event_base_dispatch(run->base);
	}
	return fd;
}

static void wait_until_dead(struct run *run, double seconds)
{
	double end = now() + seconds;

	while (!*run->why && now() < end)
		event_base_loop(run->base, EVLOOP_ONCE);
}

static double stop(struct run *run)
{
	double begin = now();

	run->stopped = false;
	envoy_process_stop(run->process, on_stopped, run);
	CHECK(!run->stopped);
	while (!run->stopped && now() < begin + 15)
		event_base_loop(run->base, EVLOOP_ONCE);
	CHECK(run->stopped);
	return now() - begin;
}

/* The bootstrap of run, but with a listener and without a control plane. */
static void write_bootstrap(const char *folder)
{
	static const char router[] = "envoy.extensions.filters.http.router.v3.Router";
	static const char manager[] = "envoy.extensions.filters.network.http_connection_manager.v3."
				      "HttpConnectionManager";
	struct bootstrap_options options = { .node = "n",
					     .admin_socket = "admin.sock",
					     .xds_socket = "xds.sock",
					     .max_connections = 100 };
	CLEANUP(json_decref) json_t *json = bootstrap_describe(&options);
	json_t *http =
		json_pack("{s:s, s:[o], s:{}}", "stat_prefix", "x", "http_filters",
			  snippet_extension("router", router, json_object()), "route_config");
	json_t *chain = json_pack("{s:[o]}", "filters", snippet_extension("hcm", manager, http));
	json_t *listener = json_pack("{s:s, s:o, s:[o]}", "name", "l", "address",
				     snippet_address(ADDRESS, PORT, false), "filter_chains", chain);
	char path[128];

	json_object_del(json, "dynamic_resources");
	json_object_set_new(json_object_get(json, "static_resources"), "listeners",
			    json_pack("[o]", listener));
	snprintf(path, sizeof(path), "%s/bootstrap.json", folder);
	CHECK(json_dump_file(json, path, 0) == 0);
}

static void start(struct run *run, const char *program)
{
	struct envoy_process_options options = { .program = program,
						 .folder = run->folder,
						 .concurrency = 1,
						 .drain_seconds = 2,
						 .died = on_died,
						 .context = run };
	struct error err;

	run->why[0] = '\0';
	if (envoy_process_new(run->base, &options, &run->process, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
}

static bool socket_left(const struct run *run)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/admin.sock", run->folder);
	return access(path, F_OK) == 0;
}

static void killed_comes_back(struct run *run, const char *envoy)
{
	int pid, fd;

	start(run, envoy);
	fd = wait_until_listening(run, 20);
	CHECK(fd >= 0);
	close(fd);
	pid = envoy_process_pid(run->process);
	kill(pid, SIGKILL);
	wait_until_dead(run, 5);
	CHECK(strstr(run->why, "killed by signal 9"));
	fd = wait_until_listening(run, 20);
	CHECK(fd >= 0);
	close(fd);
	CHECK(envoy_process_pid(run->process) != pid && envoy_process_pid(run->process) > 0);
	puts("killed_comes_back");
}

static void idle_stops_at_once(struct run *run)
{
	double took = stop(run);

	printf("idle_stops_at_once: %.2f s\n", took);
	CHECK(took < 1.9);
	CHECK(!socket_left(run));
	CHECK(envoy_process_pid(run->process) == 0);
	envoy_process_free(take(run->process));
}

static void open_connection_is_waited_for(struct run *run, const char *envoy)
{
	double took;
	int fd;

	start(run, envoy);
	fd = wait_until_listening(run, 20);
	CHECK(fd >= 0);
	took = stop(run);
	close(fd);
	printf("open_connection_is_waited_for: %.2f s\n", took);
	CHECK(took > 1.8 && took < 5);
	envoy_process_free(take(run->process));
}

static void broken_bootstrap_is_told(struct run *run, const char *envoy)
{
	char path[128];
	struct error err;

	snprintf(path, sizeof(path), "%s/bootstrap.json", run->folder);
	CHECK(file_write(path, "{\"nothing\": 1}", 14, 0600, &err) == 0);
	start(run, envoy);
	wait_until_dead(run, 20);
	printf("broken_bootstrap_is_told: %s\n", run->why);
	CHECK(strstr(run->why, "left with status 1: "));
	CHECK(strstr(run->why, "nothing"));
	CHECK(stop(run) < 5);
	envoy_process_free(take(run->process));
}

static void freed_is_dead(struct run *run, const char *envoy)
{
	int fd, pid;

	write_bootstrap(run->folder);
	start(run, envoy);
	fd = wait_until_listening(run, 20);
	CHECK(fd >= 0);
	close(fd);
	pid = envoy_process_pid(run->process);
	envoy_process_free(take(run->process));
	CHECK(kill(pid, 0) < 0);
	CHECK(!socket_left(run));
	puts("freed_is_dead");
}

int main(void)
{
	struct run run = { .folder = "/tmp/kubelb-process-XXXXXX" };
	const char *envoy = getenv("ENVOY");
	char path[128];

	if (!envoy) {
		fprintf(stderr, "SKIPPED: ENVOY does not name an Envoy\n");
		return getenv("CI") && strcmp(getenv("CI"), "true") == 0 ? 1 : 77;
	}
	run.base = event_base_new();
	CHECK(run.base && mkdtemp(run.folder));
	write_bootstrap(run.folder);
	killed_comes_back(&run, envoy);
	idle_stops_at_once(&run);
	open_connection_is_waited_for(&run, envoy);
	broken_bootstrap_is_told(&run, envoy);
	freed_is_dead(&run, envoy);
	event_base_free(run.base);
	snprintf(path, sizeof(path), "%s/bootstrap.json", run.folder);
	unlink(path);
	CHECK(rmdir(run.folder) == 0);
	return 0;
}
