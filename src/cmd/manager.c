/* SPDX-License-Identifier: Apache-2.0 */
/* kubelb manager: the guard. Wires the policy folder, the chain and the HTTPS server. */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/manager_options.h"
#include "cmd/manager_print.h"
#include "manager/guard.h"
#include "manager/policy_folder.h"
#include "webhooks/webhooks.h"

#define SIGNALS 3
/* What requests under way are given after the server takes no more connections. */
#define DRAIN_S 8
#define DRAIN_POLL_MS 50
/* How long before its end a certificate is worth a word at the start. */
#define EXPIRY_WARNING_S (30 * 24 * 3600)

/* The services of this process, made in order and freed in reverse. */
struct manager {
	struct manager_options options;
	struct event_base *base;
	struct audit *audit;
	struct guard_metrics *metrics;
	struct snapshot_slot *slot;
	struct policy_folder *policy;
	struct guard *guard;
	struct http_server *server;
	struct event *drain;
	struct event *signals[SIGNALS];
	bool leaving;
	time_t drain_until; /* 0: not draining */
};

static time_t monotonic_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Looks again and again, instead of waiting, so that a second signal is heard. */
static void drain(evutil_socket_t fd, short what, void *context)
{
	struct manager *manager = context;
	struct http_stats stats;

	(void)fd, (void)what;
	if (!manager->drain_until)
		manager->drain_until = monotonic_s() + DRAIN_S;
	http_server_drain(manager->server, 0);
	http_server_stats(manager->server, &stats);
	if (stats.connections_open && monotonic_s() < manager->drain_until)
		event_add(manager->drain, &(struct timeval){ .tv_usec = DRAIN_POLL_MS * 1000 });
	else
		event_base_loopbreak(manager->base);
}

static void leave(struct manager *manager)
{
	const struct timeval delay = { .tv_sec = manager->options.shutdown_delay_s };

	if (manager->leaving) {
		/* Without the delay, but what is under way is answered. */
		log_warning("asked twice to leave: draining now");
		event_add(manager->drain, &(struct timeval){ 0 });
		return;
	}
	manager->leaving = true;
	log_info("leaving: not ready from now on, and serving for %d seconds more",
		 manager->options.shutdown_delay_s);
	guard_leave(manager->guard);
	event_add(manager->drain, &delay);
}

static void reload(struct manager *manager)
{
	log_info("reading certificates and policy again");
	http_server_reload(manager->server);
	policy_folder_look(manager->policy);
	if (manager->audit)
		audit_reopen(manager->audit);
}

static void handle_signal(evutil_socket_t number, short what, void *context)
{
	(void)what;
	if (number == SIGHUP)
		reload(context);
	else
		leave(context);
}

static void watch_signals(struct manager *manager)
{
	static const int numbers[SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < SIGNALS; i++) {
		manager->signals[i] =
			evsignal_new(manager->base, numbers[i], handle_signal, manager);
		event_add(manager->signals[i], NULL);
	}
	manager->drain = evtimer_new(manager->base, drain, manager);
}

static int start_server(struct manager *manager, struct error *err)
{
	const struct manager_options *given = &manager->options;
	const struct guard_options guard = {
		.handlers = webhooks,
		.slot = manager->slot,
		.metrics = manager->metrics,
		.audit = manager->audit,
		.operator_users = given->operator_users,
		.operator_groups = given->operator_groups,
	};
	struct http_options http = {
		.address = given->webhook_address,
		.certificate_file = given->certificate_file,
		.key_file = given->key_file,
		.client_ca_file = given->client_ca_file,
		.client_names = given->client_names[0] ? given->client_names : NULL,
		.insecure_any_client = given->insecure_any_client,
		.routes = guard_routes,
		.threads = (unsigned)given->threads,
	};
	int r;

	http.context = manager->guard = guard_new(&guard);
	r = http_server_start(&http, &manager->server, err);
	if (r == 0)
		guard_serve(manager->guard, manager->server);
	return r;
}

/* Tells what an operator should see before the first review comes. */
static int check_certificate(const struct manager *manager, struct error *err)
{
	struct http_stats stats;
	int64_t left;

	http_server_stats(manager->server, &stats);
	left = stats.certificate_not_after - (int64_t)time(NULL);
	if (left <= 0)
		return error_set(err, ERROR_INVALID, "'%s' has expired",
				 manager->options.certificate_file);
	if (left < EXPIRY_WARNING_S)
		log_warning("'%s' expires in %lld hours", manager->options.certificate_file,
			    (long long)(left / 3600));
	if (manager->options.insecure_any_client)
		log_warning("--insecure-any-client: whoever reaches %s may ask for reviews; give "
			    "--client-ca",
			    manager->options.webhook_address);
	return 0;
}

static int start(struct manager *manager, struct error *err)
{
	struct policy_folder_options policy = {
		.path = manager->options.policy,
		.handlers = webhooks,
	};
	int r = 0;

	policy.base = manager->base = event_base_new();
	policy.metrics = manager->metrics = guard_metrics_new();
	policy.slot = manager->slot = snapshot_slot_new();
	watch_signals(manager);
	if (manager->options.audit_log)
		r = audit_new(manager->options.audit_log, &manager->audit, err);
	if (r == 0)
		r = policy_folder_new(&policy, &manager->policy, err);
	if (r == 0)
		r = start_server(manager, err);
	if (r == 0)
		r = check_certificate(manager, err);
	if (r == 0)
		log_info("serving reviews on %s (port %u)", manager->options.webhook_address,
			 http_server_port(manager->server));
	return r;
}

static void done(struct manager *manager)
{
	if (manager->server)
		http_server_stop(manager->server);
	guard_free(manager->guard);
	policy_folder_free(manager->policy);
	snapshot_slot_free(manager->slot);
	audit_free(manager->audit);
	guard_metrics_free(manager->metrics);
	for (int i = 0; i < SIGNALS; i++)
		if (manager->signals[i])
			event_free(manager->signals[i]);
	if (manager->drain)
		event_free(manager->drain);
	if (manager->base)
		event_base_free(manager->base);
}

int cmd_manager(int argc, char **argv)
{
	struct manager manager = { 0 };
	struct error err;
	int status;

	if (!manager_options_parse(argc, argv, &manager.options, &status))
		return status;
	if (manager.options.print_webhooks)
		return manager_print_webhooks(&manager.options);
	status = EXIT_CLEAN;
	if (start(&manager, &err) < 0) {
		fprintf(stderr, "kubelb manager: %s\n", err.text);
		status = EXIT_UNUSABLE;
	} else {
		event_base_dispatch(manager.base);
	}
	done(&manager);
	return status;
}
