/* SPDX-License-Identifier: Apache-2.0 */
/* What became of each object as its user wrote it. */
#include "manager/report.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/str.h"
#include "manager/condition.h"
#include "manager/report_text.h"

enum result {
	RESULT_PENDING,
	RESULT_SERVING,
	RESULT_REFUSED,
	RESULT_CONFLICTED,
	RESULT_REJECTED,
	RESULT_IGNORED,
	RESULT_REMOVED,
};

static const char *const result_names[] = {
	[RESULT_PENDING] = "pending",	[RESULT_SERVING] = "serving",
	[RESULT_REFUSED] = "refused",	[RESULT_CONFLICTED] = "conflicted",
	[RESULT_REJECTED] = "rejected", [RESULT_IGNORED] = "ignored",
	[RESULT_REMOVED] = "removed",
};

/* The last line of an object, kept as text. */
struct told {
	char *key;
	char *line;
	char *shown; /* what of it people are told */
	enum result result;
	bool repeat; /* somebody else of the name had the last word */
	UT_hash_handle hh;
};

struct report {
	struct report_options options;
	struct told *told;
	int lost;
};

/* One line in the making. */
struct line {
	const struct record *record;
	const json_t *previous; /* status of the last line */
	const char *now;
	enum result result;
	json_t *addresses, *causes, *warnings, *statuses;
};

struct report *report_new(const struct report_options *options)
{
	struct report *report = memory_new(1, sizeof(*report));

	report->options = *options;
	return report;
}

static void told_free(struct told *told)
{
	free(told->key);
	free(told->line);
	free(told->shown);
	free(told);
}

void report_free(struct report *report)
{
	struct told *told, *next;

	if (!report)
		return;
	HASH_ITER(hh, report->told, told, next) {
		HASH_DEL(report->told, told);
		told_free(told);
	}
	free(report);
}

static void add_reason(json_t *causes, const char *reason)
{
	if (reason)
		record_add_cause(causes, "", "", reason);
}

static void add_warning(json_t *warnings, const char *reason)
{
	if (reason)
		json_array_append_new(warnings, json_lossy(reason));
}

/* The worst of what an object's parts came to. */
static enum result worse(enum result a, enum result b)
{
	static const int rank[] = {
		[RESULT_SERVING] = 0,	 [RESULT_PENDING] = 1, [RESULT_REJECTED] = 2,
		[RESULT_CONFLICTED] = 3, [RESULT_REFUSED] = 4, [RESULT_IGNORED] = 5,
		[RESULT_REMOVED] = 6,
	};

	return rank[a] > rank[b] ? a : b;
}

static void add_outcome(void *context, const struct object_outcome *outcome)
{
	static const enum result results[] = {
		[OBJECT_PENDING] = RESULT_PENDING,
		[OBJECT_SERVING] = RESULT_SERVING,
		[OBJECT_REJECTED] = RESULT_REJECTED,
		[OBJECT_CONFLICTED] = RESULT_CONFLICTED,
	};
	struct line *line = context;
	size_t nth = json_array_size(line->statuses);

	line->result = worse(line->result, results[outcome->state]);
	/* What serves in part is no failure: the reason is a warning then. */
	if (outcome->state == OBJECT_SERVING || outcome->state == OBJECT_PENDING)
		add_warning(line->warnings, outcome->reason);
	else
		add_reason(line->causes, outcome->reason);
	json_array_append_new(line->statuses,
			      status_now(outcome, json_array_get(line->previous, nth), line->now));
	for (size_t i = 0; i < outcome->address_count; i++) {
		CLEANUP(json_decref)
		json_t *address = json_pack("{sssiss}", "ip", outcome->addresses[i].ip, "port",
					    (int)outcome->addresses[i].port, "protocol",
					    outcome->addresses[i].protocol);
		json_t *other;
		size_t j;

		json_array_foreach(line->addresses, j, other)
			if (json_equal(address, other))
				break;
		if (j == json_array_size(line->addresses))
			json_array_append(line->addresses, address);
	}
}

/* A Route's own status lists those of what it embeds (upstream's shape). */
static json_t *route_status(const json_t *statuses)
{
	json_t *routes = json_array(), *status;
	size_t i;

	json_array_foreach(statuses, i, status)
		json_array_append_new(routes, json_pack("{sO}", "status", status));
	if (!json_array_size(routes)) {
		json_decref(routes);
		return json_object();
	}
	return json_pack("{s{sOso}}", "resources", "route", json_array_get(routes, 0), "routes",
			 routes);
}

/* What a LoadBalancer's status says beyond a Service's is the hub's. */
static json_t *service_status(const struct line *line)
{
	json_t *balancer = json_object_get(json_array_get(line->statuses, 0), "loadBalancer");

	return balancer ? json_pack("{sO}", "loadBalancer", balancer) : json_object();
}

static json_t *line_status(const struct line *line)
{
	if (line->record->kind == KIND_SERVICE)
		return service_status(line);
	if (line->record->kind == KIND_ROUTE)
		return route_status(line->statuses);
	return json_array_size(line->statuses) ? json_incref(json_array_get(line->statuses, 0))
					       : json_object();
}

static enum result base_result(const struct record *record)
{
	switch (record->result) {
	case RECORD_ADMITTED:
	case RECORD_CARRIED:
		return RESULT_SERVING;
	case RECORD_IGNORED:
		return RESULT_IGNORED;
	case RECORD_REFUSED:
		return RESULT_REFUSED;
	case RECORD_REMOVED:
		return RESULT_REMOVED;
	}
	return RESULT_REFUSED;
}

/* The statuses of the last line, one per outcome, for their transition times. */
static json_t *previous_statuses(const struct told *told)
{
	CLEANUP(json_decref)
	json_t *line = told && told->line ? json_loads(told->line, 0, NULL) : NULL;
	const json_t *status = json_object_get(line, "status");
	json_t *ret = json_array(), *route;
	size_t i;

	json_array_foreach(json_at(status, "resources", "routes", NULL), i, route)
		json_array_append(ret, json_object_get(route, "status"));
	if (!json_array_size(ret) && status)
		json_array_append(ret, (json_t *)(uintptr_t)status);
	return ret;
}

static json_t *line_json(const struct line *line, const char *tenant)
{
	const struct record *record = line->record;

	return json_pack("{sssssssssosisssOsOsOso}", "tenant", tenant, "kind",
			 record->type ? record->type : "", "namespace",
			 record->namespace ? record->namespace : "", "name",
			 record->name ? record->name : "", "file", json_lossy(record->file), "line",
			 (int)record->line, "result", result_names[line->result], "addresses",
			 line->addresses, "causes", line->causes, "warnings", line->warnings,
			 "status", line_status(line));
}

static char *told_key(const char *namespace, const struct record *record)
{
	CLEANUP(buf_done) struct buf key = { 0 };

	buf_printf(&key, "%s/%s", namespace ? namespace : "", record->key);
	return buf_take(&key);
}

static struct told *told_find(const struct report *report, const char *namespace,
			      const struct record *record)
{
	CLEANUP(free) char *key = told_key(namespace, record);
	struct told *told;

	HASH_FIND_STR(report->told, key, told);
	return told;
}

static struct told *told_add(struct report *report, const char *namespace,
			     const struct record *record)
{
	struct told *told = memory_new(1, sizeof(*told));

	told->key = told_key(namespace, record);
	told->result = RESULT_REMOVED;
	HASH_ADD_KEYPTR(hh, report->told, told->key, strlen(told->key), told);
	return told;
}

static void flush(struct report *report)
{
	if (fflush(report->options.out) < 0 && !report->lost)
		report->lost = errno;
}

static void tell(struct report *report, struct told *told, const json_t *line, enum result result)
{
	CLEANUP(free) char *text = json_compact(line);
	bool repeat = told->repeat;
	char *shown;

	told->result = result;
	told->repeat = false;
	if (!repeat && str_equal(told->line, text))
		return;
	free(told->line);
	told->line = take(text);
	if (report->options.format == REPORT_JSON) {
		fprintf(report->options.out, "%s\n", told->line);
		flush(report);
		return;
	}
	shown = report_text(line);
	if (result == RESULT_PENDING || (!repeat && str_equal(told->shown, shown))) {
		free(shown);
		return;
	}
	free(told->shown);
	told->shown = shown;
	fputs(shown, report->options.out);
	flush(report);
}

static void report_record(struct report *report, const char *namespace, const struct record *record,
			  const char *now)
{
	struct told *told = told_find(report, namespace, record);
	CLEANUP(json_decref) json_t *previous = previous_statuses(told);
	CLEANUP(json_decref) json_t *addresses = json_array();
	CLEANUP(json_decref) json_t *causes = json_copy(record->causes);
	CLEANUP(json_decref) json_t *warnings = json_copy(record->warnings);
	CLEANUP(json_decref) json_t *statuses = json_array();
	CLEANUP(json_decref) json_t *json = NULL;
	struct line line = {
		.record = record,
		.previous = previous,
		.now = now,
		.result = base_result(record),
		.addresses = addresses,
		.causes = causes,
		.warnings = warnings,
		.statuses = statuses,
	};

	add_reason(causes, record->reason);
	for (size_t i = 0; i < record->object_count; i++)
		reconciler_visit(report->options.reconciler, record->objects[i].kind, namespace,
				 record->objects[i].name, add_outcome, &line);
	json = line_json(&line, namespace ? tenant_of_namespace(namespace) : "");
	tell(report, told ? told : told_add(report, namespace, record), json, line.result);
}

/* What is gone is told once; who bore the same name is named again behind it. */
static void report_removed(struct report *report, const char *namespace, struct record *record,
			   struct record *all, const char *now)
{
	struct told *told = told_find(report, namespace, record), *first;
	const struct record *other;

	if (!told)
		return;
	report_record(report, namespace, record, now);
	HASH_DEL(report->told, told);
	told_free(told);
	other = record->twin ? record_of_twin(all, record) : NULL;
	first = other ? told_find(report, namespace, other) : NULL;
	if (first)
		first->repeat = true;
}

void report_namespace(struct report *report, const char *namespace)
{
	struct record *all = intake_records(report->options.intake, namespace), *record;
	time_t now = time(NULL);
	struct tm utc;
	char text[32];

	gmtime_r(&now, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	for (record = all; record; record = record->hh.next)
		if (record->result == RECORD_REMOVED)
			report_removed(report, namespace, record, all, text);
	for (record = all; record; record = record->hh.next)
		if (record->result != RECORD_REMOVED)
			report_record(report, namespace, record, text);
}

struct report_counts report_counts(const struct report *report)
{
	struct report_counts counts = { 0 };

	for (const struct told *told = report->told; told; told = told->hh.next) {
		counts.objects++;
		counts.refused += told->result == RESULT_REFUSED;
		counts.failed += told->result == RESULT_REFUSED ||
				 told->result == RESULT_CONFLICTED ||
				 told->result == RESULT_REJECTED;
	}
	return counts;
}

void report_ready(struct report *report)
{
	struct report_counts counts = report_counts(report);

	if (report->options.format == REPORT_JSON)
		fprintf(report->options.out,
			"{\"result\":\"ready\",\"objects\":%zu,\"refused\":%zu}\n", counts.objects,
			counts.refused);
	else
		fprintf(report->options.out, "ready      %zu objects, %zu refused\n",
			counts.objects, counts.refused);
	flush(report);
}

int report_lost(const struct report *report)
{
	return report->lost;
}
