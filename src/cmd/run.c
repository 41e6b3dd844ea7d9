/* SPDX-License-Identifier: Apache-2.0 */
/* kubelb run: a folder of YAML is the cluster. Wires source, chain, reconciler, xDS and Envoy. */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/run_options.h"
#include "envoy/bootstrap.h"
#include "envoy/process.h"
#include "manager/intake.h"
#include "manager/pki.h"
#include "manager/report.h"
#include "manager/state.h"
#include "net/address.h"
#include "webhooks/webhooks.h"

#define NODE "kubelb"
#define DRAIN_SECONDS 4
#define SIGNALS 3 /* that ask to leave */
/* So often an Envoy that never served may end before --once gives up. */
#define DEATHS_MAX 3
/* How often a port that was in use is tried again. */
#define RETRY_SECONDS 5

/* The services of this process, made in order and freed in reverse. */
struct run {
	struct run_options options;
	struct event_base *base;
	struct state *state;
	struct ledger *ledger;
	struct address_pool *pool;
	struct mailbox *events;
	struct xds_server *xds;
	struct delivery *delivery;
	struct store *store;
	struct reconciler *reconciler;
	struct folder *folder;
	struct intake *intake;
	struct report *report;
	struct envoy_process *envoy;
	struct event *settle; /* runs once after what is under way */
	struct event *retry;
	struct event *signals[SIGNALS];
	struct dirty *dirty; /* namespaces whose lines may differ */
	bool changed;	     /* not yet said to be ready */
	bool stopping;
	int deaths; /* of Envoys, before all was acknowledged */
	int status;
};

struct dirty {
	char *namespace; /* "": the operator's */
	UT_hash_handle hh;
};

static void touch(struct run *run, const char *namespace)
{
	const char *key = namespace ? namespace : "";
	struct dirty *dirty;

	HASH_FIND_STR(run->dirty, key, dirty);
	if (!dirty) {
		dirty = memory_new(1, sizeof(*dirty));
		dirty->namespace = memory_strdup(key);
		HASH_ADD_KEYPTR(hh, run->dirty, dirty->namespace, strlen(dirty->namespace), dirty);
	}
	event_active(run->settle, EV_TIMEOUT, 0);
}

static void outcomes_changed(void *context, const char *namespace)
{
	touch(context, namespace);
}

static void judged(void *context, const char *namespace)
{
	touch(context, namespace);
}

static void leave(void *context)
{
	struct run *run = context;

	event_base_loopbreak(run->base);
}

static void stop(struct run *run, int status)
{
	if (run->stopping)
		return;
	run->stopping = true;
	run->status = status;
	if (run->envoy)
		envoy_process_stop(run->envoy, leave, run);
	else
		leave(run);
}

/* After a round of the loop: tells what changed, and when there is nothing left to wait for. */
static void settle(evutil_socket_t fd, short what, void *context)
{
	struct run *run = context;
	struct dirty *dirty, *next;
	bool settled = false;
	int lost;

	(void)fd, (void)what;
	HASH_ITER(hh, run->dirty, dirty, next) {
		report_namespace(run->report, *dirty->namespace ? dirty->namespace : NULL);
		HASH_DEL(run->dirty, dirty);
		free(dirty->namespace);
		free(dirty);
	}
	if (run->changed && !delivery_pending(run->delivery)) {
		run->changed = false;
		report_ready(run->report);
		settled = true;
	}
	lost = report_lost(run->report);
	if (lost) {
		log_error("the report cannot be written: %s; leaving", strerror(lost));
		/* A reader who has seen enough is no failure. */
		stop(run, lost == EPIPE ? EXIT_CLEAN : EXIT_UNUSABLE);
	}
	if (!settled)
		return;
	if (run->options.once)
		stop(run, report_counts(run->report).failed ? EXIT_REFUSED : EXIT_CLEAN);
}

static void handle_event(void *context, void *message)
{
	CLEANUP(xds_event_free) struct xds_event *event = message;
	struct run *run = context;

	reconciler_note(run->reconciler, event);
	event_active(run->settle, EV_TIMEOUT, 0);
}

static void discard_event(void *message)
{
	xds_event_free(message);
}

/* Judges what changed, serves it, and keeps what has to outlive the process. */
static void pass(struct run *run)
{
	struct error err;

	intake_run(run->intake);
	reconciler_flush(run->reconciler);
	if (ledger_save(run->ledger, &err) < 0)
		log_error("addresses and ages are not saved: %s", err.text);
	run->changed = true;
	event_active(run->settle, EV_TIMEOUT, 0);
}

static void folder_changed(void *context, const char *tenant, bool settled)
{
	struct run *run = context;

	if (settled)
		pass(run);
	else
		intake_touch(run->intake, tenant);
}

static void retry_ports(evutil_socket_t fd, short what, void *context)
{
	struct run *run = context;

	(void)fd, (void)what;
	if (!reconciler_retry(run->reconciler))
		return;
	run->changed = true;
	event_active(run->settle, EV_TIMEOUT, 0);
}

static void touch_tenant(void *context, const char *tenant)
{
	struct run *run = context;

	intake_touch(run->intake, tenant);
}

static void handle_signal(evutil_socket_t signal_number, short what, void *context)
{
	(void)signal_number, (void)what;
	stop(context, EXIT_CLEAN);
}

static void envoy_died(void *context, const char *why)
{
	struct run *run = context;

	if (!run->options.once || ++run->deaths < DEATHS_MAX)
		return;
	log_error("Envoy cannot run: %s", why);
	stop(run, EXIT_UNUSABLE);
}

static int start_xds(struct run *run, struct error *err)
{
	struct xds_options options = {
		.socket_path = state_file(run->state, "xds.sock"),
		.events = run->events,
	};
	struct host_port xds;
	int r;

	if (run->options.xds_address && host_port_parse(run->options.xds_address, &xds)) {
		r = pki_write(state_folder(run->state), xds.host, NODE, err);
		if (r < 0)
			return r;
		options.socket_path = NULL;
		options.address = run->options.xds_address;
		options.ca_file = state_file(run->state, PKI_CA);
		options.certificate_file = state_file(run->state, PKI_SERVER);
		options.key_file = state_file(run->state, PKI_SERVER_KEY);
	}
	return xds_server_new(&options, &run->xds, err);
}

static int start_envoy(struct run *run, struct error *err)
{
	const char *folder = state_folder(run->state);
	struct host_port xds;
	struct bootstrap_options bootstrap = { .node = NODE, .admin_socket = "admin.sock" };
	const struct envoy_process_options options = {
		.program = run->options.envoy,
		.folder = folder,
		.drain_seconds = DRAIN_SECONDS,
		.died = envoy_died,
		.context = run,
	};
	int r;

	if (run->options.xds_address && host_port_parse(run->options.xds_address, &xds)) {
		bootstrap.xds_host = xds.host;
		bootstrap.xds_port = xds.port;
		bootstrap.pki_folder = folder;
	} else {
		bootstrap.xds_socket =
			run->options.no_envoy ? state_file(run->state, "xds.sock") : "xds.sock";
	}
	if (run->options.no_envoy)
		bootstrap.admin_socket = NULL;
	r = bootstrap_write(&bootstrap, folder, err);
	if (r < 0 || run->options.no_envoy)
		return r;
	return envoy_process_new(run->base, &options, &run->envoy, err);
}

static void watch_signals(struct run *run)
{
	static const int numbers[SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < SIGNALS; i++) {
		run->signals[i] = evsignal_new(run->base, numbers[i], handle_signal, run);
		event_add(run->signals[i], NULL);
	}
}

static int open_state(struct run *run, struct error *err)
{
	int r = address_pool_new(run->options.pool, &run->pool, err);

	if (r == 0)
		r = state_open(run->options.state, run->options.folder, &run->state, err);
	return r < 0 ? r : ledger_open(state_file(run->state, "state.json"), &run->ledger, err);
}

static const char *const *reserved_networks(const struct run *run, struct arena *arena,
					    size_t *ret_count)
{
	struct string_list list = { 0 };
	const char *network;

	for (size_t i = 0; (network = address_pool_network(run->pool, i)); i++)
		LIST_APPEND(arena, &list, network);
	*ret_count = list.count;
	return list.items;
}

static int start(struct run *run, struct arena *arena, struct error *err)
{
	struct reconciler_options reconciler = { .changed = outcomes_changed, .context = run };
	struct intake_options intake = { .handlers = webhooks, .judged = judged, .context = run };
	struct report_options report = { .format = run->options.format, .out = stdout };
	int r = open_state(run, err);

	if (r < 0)
		return r;
	run->base = event_base_new();
	run->settle = event_new(run->base, -1, 0, settle, run);
	run->events = mailbox_new(run->base, handle_event, run);
	r = start_xds(run, err);
	if (r < 0)
		return r;
	run->delivery = delivery_new(run->xds, NODE);
	reconciler.store = intake.store = run->store = store_new();
	reconciler.delivery = run->delivery;
	reconciler.ledger = intake.ledger = run->ledger;
	reconciler.pool = run->pool;
	reconciler.port_offset = run->options.port_offset;
	reconciler.local = !run->options.no_envoy;
	intake.reconciler = run->reconciler = reconciler_new(&reconciler);
	r = folder_new(run->options.once ? NULL : run->base, run->options.folder, folder_changed,
		       run, &run->folder, err);
	if (r < 0)
		return r;
	intake.folder = run->folder;
	intake.reserved = reserved_networks(run, arena, &intake.reserved_count);
	report.intake = run->intake = intake_new(&intake);
	report.reconciler = run->reconciler;
	run->report = report_new(&report);
	watch_signals(run);
	run->retry = event_new(run->base, -1, EV_PERSIST, retry_ports, run);
	if (!run->options.once)
		event_add(run->retry, &(struct timeval){ .tv_sec = RETRY_SECONDS });
	return start_envoy(run, err);
}

static void done(struct run *run)
{
	struct dirty *dirty, *next;

	envoy_process_free(run->envoy);
	xds_server_free(run->xds);
	report_free(run->report);
	intake_free(run->intake);
	folder_free(run->folder);
	reconciler_free(run->reconciler);
	store_free(run->store);
	delivery_free(run->delivery);
	if (run->events)
		mailbox_free(run->events, discard_event);
	HASH_ITER(hh, run->dirty, dirty, next) {
		HASH_DEL(run->dirty, dirty);
		free(dirty->namespace);
		free(dirty);
	}
	for (int i = 0; i < SIGNALS; i++)
		if (run->signals[i])
			event_free(run->signals[i]);
	if (run->settle)
		event_free(run->settle);
	if (run->retry)
		event_free(run->retry);
	address_pool_free(run->pool);
	ledger_free(run->ledger);
	state_free(run->state);
	if (run->base) {
		/* What of a connection still waits its turn holds the connection. */
		event_base_loop(run->base, EVLOOP_NONBLOCK);
		event_base_free(run->base);
	}
}

int cmd_run(int argc, char **argv)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct run run = { 0 };
	struct error err;
	int status;

	if (!run_options_parse(argc, argv, &run.options, &status))
		return status;
	if (start(&run, arena, &err) < 0) {
		fprintf(stderr, "kubelb run: %s\n", err.text);
		run.status = EXIT_UNUSABLE;
	} else {
		folder_tenants(run.folder, touch_tenant, &run);
		pass(&run);
		event_base_dispatch(run.base);
	}
	done(&run);
	return run.status;
}
