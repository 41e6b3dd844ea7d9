/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the guard over HTTPS. */
#include "manager/guard.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/str.h"
#include "manager/audit_line.h"

/* With new files refused, a certificate that is this near to its end is no longer good enough. */
#define EXPIRY_MARGIN_S (24 * 3600)
#define RETRY_AFTER_S 1

struct guard {
	struct guard_options options;
	_Atomic(const struct http_server *) server;
	atomic_bool leaving;
};

struct guard *guard_new(const struct guard_options *options)
{
	struct guard *guard = memory_new(1, sizeof(*guard));

	guard->options = *options;
	return guard;
}

void guard_free(struct guard *guard)
{
	free(guard);
}

void guard_serve(struct guard *guard, const struct http_server *server)
{
	atomic_store(&guard->server, server);
}

void guard_leave(struct guard *guard)
{
	atomic_store(&guard->leaving, true);
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void answer_text(struct http_reply *reply, unsigned status, const char *text)
{
	reply->status = status;
	reply->content_type = "text/plain; charset=utf-8";
	buf_clear(&reply->body);
	buf_printf(&reply->body, "%s\n", text);
	if (status == 503)
		reply->retry_after_s = RETRY_AFTER_S;
}

/* A review on its way. */
struct ask {
	struct guard *guard;
	const char *webhook;  /* "validate" or "mutate" */
	const char *resource; /* behind it in the path */
	bool without_patch;
	uint64_t begun_ns;
};

/* The handler of a path's resource; NULL: none, or none that would mutate. */
static const struct admission_handler *handler_of(const struct ask *ask)
{
	const struct admission_handler *handler = ask->guard->options.handlers;

	for (; handler->kind != KIND_UNKNOWN; handler++)
		if (str_equal(kind_info(handler->kind)->resource, ask->resource))
			return ask->without_patch || admission_mutates(handler) ? handler : NULL;
	return NULL;
}

static unsigned status_of(int error)
{
	switch (-error) {
	case ERROR_INVALID:
	case ERROR_TOO_LARGE: /* within body_max: too deep, or of too many parts */
		return 400;
	case ERROR_BUSY:
		return 503;
	default:
		return 500;
	}
}

static void tell_decision(const struct ask *ask, const struct snapshot *snapshot,
			  const struct admission_outcome *outcome)
{
	const struct guard_options *options = &ask->guard->options;
	uint64_t duration_ns = monotonic_ns() - ask->begun_ns;
	CLEANUP(buf_done) struct buf line = { 0 };
	struct timespec now;

	guard_metrics_decision(options->metrics, ask->webhook, outcome,
			       snapshot_tenant_label(snapshot, outcome->namespace), duration_ns);
	if (!options->audit)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	audit_line(&line, &now, ask->webhook, outcome, duration_ns);
	audit_add(options->audit, &line);
}

static void tell_unanswered(const struct ask *ask, unsigned status)
{
	const struct guard_options *options = &ask->guard->options;
	CLEANUP(buf_done) struct buf line = { 0 };
	struct timespec now;

	if (!options->audit)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	audit_line_unanswered(&line, &now, ask->webhook, ask->resource, status,
			      monotonic_ns() - ask->begun_ns);
	audit_add(options->audit, &line);
}

/* Has the caller stopped waiting? It takes that for a denial, so nothing else may be told of it. */
static bool is_late(const struct http_request *request)
{
	return request->deadline_ns && monotonic_ns() > request->deadline_ns;
}

static void judge(const struct ask *ask, enum kind kind, const struct http_request *request,
		  struct http_reply *reply)
{
	const struct guard_options *options = &ask->guard->options;
	CLEANUP(snapshot_unref) struct snapshot *snapshot = snapshot_slot_get(options->slot);
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct admission_config config = {
		.handlers = options->handlers,
		.policy = snapshot_policy(snapshot),
		.inventory = snapshot_inventory(snapshot),
		.operator_users = options->operator_users,
		.operator_groups = options->operator_groups,
		.without_patch = ask->without_patch,
	};
	struct admission_outcome outcome = { 0 };
	struct error err;
	int r = admission_serve(&config, kind, request->body, request->length, arena, &reply->body,
				&outcome, &err);

	if (r < 0)
		answer_text(reply, status_of(r), err.text);
	else if (is_late(request))
		answer_text(reply, 503, "the time given for this review has passed");
	if (reply->status == 200)
		tell_decision(ask, snapshot, &outcome);
	else
		tell_unanswered(ask, reply->status);
}

static void serve(struct ask *ask, const struct http_request *request, struct http_reply *reply)
{
	const struct admission_handler *handler = handler_of(ask);

	ask->begun_ns = monotonic_ns();
	if (!handler) {
		answer_text(reply, 404, "there is no such webhook");
		return;
	}
	if (is_late(request)) {
		answer_text(reply, 503, "the time given for this review has passed");
		tell_unanswered(ask, reply->status);
	} else {
		judge(ask, handler->kind, request, reply);
	}
	guard_metrics_answer(ask->guard->options.metrics, ask->webhook, reply->status);
}

static void serve_validate(void *context, const struct http_request *request,
			   struct http_reply *reply)
{
	struct ask ask = {
		.guard = context,
		.webhook = "validate",
		.resource = request->path + strlen("/validate/"),
		.without_patch = true,
	};

	serve(&ask, request, reply);
}

static void serve_mutate(void *context, const struct http_request *request,
			 struct http_reply *reply)
{
	struct ask ask = {
		.guard = context,
		.webhook = "mutate",
		.resource = request->path + strlen("/mutate/"),
	};

	serve(&ask, request, reply);
}

/* Why this replica should get no reviews; NULL: it should. */
static const char *why_not_ready(struct guard *guard)
{
	const struct http_server *server = atomic_load(&guard->server);
	struct http_stats stats;
	int64_t left;

	if (!server)
		return "starting";
	if (atomic_load(&guard->leaving))
		return "leaving";
	http_server_stats(server, &stats);
	left = stats.certificate_not_after - (int64_t)time(NULL);
	if (left <= 0)
		return "the serving certificate has expired";
	if (stats.last_reload_failed && left < EXPIRY_MARGIN_S)
		return "the serving certificate is about to expire and its successor cannot be "
		       "used";
	return NULL;
}

static void serve_ready(void *context, const struct http_request *request, struct http_reply *reply)
{
	const char *why = why_not_ready(context);

	(void)request;
	answer_text(reply, why ? 503 : 200, why ? why : "ok");
}

static void serve_health(void *context, const struct http_request *request,
			 struct http_reply *reply)
{
	(void)context, (void)request;
	answer_text(reply, 200, "ok");
}

static void serve_metrics(void *context, const struct http_request *request,
			  struct http_reply *reply)
{
	struct guard *guard = context;

	(void)request;
	reply->content_type = "text/plain; version=0.0.4; charset=utf-8";
	guard_metrics_write(guard->options.metrics, atomic_load(&guard->server),
			    guard->options.audit, !why_not_ready(guard), &reply->body);
}

const struct http_route guard_routes[] = {
	{ "POST", "/validate/", false, serve_validate },
	{ "POST", "/mutate/", false, serve_mutate },
	{ "GET", "/healthz", true, serve_health },
	{ "GET", "/livez", true, serve_health },
	{ "GET", "/readyz", true, serve_ready },
	{ "GET", "/metrics", false, serve_metrics },
	{ NULL, NULL, false, NULL },
};
