/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard counts. */
#include "manager/guard_metrics.h"

#include <stdio.h>
#include <time.h>

#include "base/memory.h"
#include "base/str.h"
#include "manager/process_metrics.h"

enum measure {
	MEASURE_BUILD,
	MEASURE_DECISIONS,
	MEASURE_REFUSALS,
	MEASURE_DURATION,
	MEASURE_REQUESTS,
	MEASURE_IN_FLIGHT,
	MEASURE_IN_FLIGHT_BYTES,
	MEASURE_CONNECTIONS,
	MEASURE_CONNECTIONS_OPEN,
	MEASURE_CLIENTS_REFUSED,
	MEASURE_CERTIFICATE_EXPIRATION,
	MEASURE_CA_EXPIRATION,
	MEASURE_RELOADS,
	MEASURE_RELOAD_FAILURES,
	MEASURE_READY,
	MEASURE_POLICIES,
	MEASURE_POLICY_TIME,
	MEASURE_POLICY_REFUSED,
	MEASURE_POLICY_TENANTS,
	MEASURE_POLICY_OBJECTS,
	MEASURE_AUDIT_WRITTEN,
	MEASURE_AUDIT_DROPPED,
	MEASURES,
};

/* Tenants are the operator's to name, so 16384 series are those of more than a thousand. */
static const struct metric_info infos[MEASURES] = {
	[MEASURE_BUILD] = { "kubelb_build_info",
			    "Always 1; the label says which version runs.",
			    METRIC_GAUGE,
			    { "version" },
			    0 },
	[MEASURE_DECISIONS] = { "kubelb_admission_decisions_total",
				"Reviews that were decided on.",
				METRIC_COUNTER,
				{ "kind", "operation", "tenant", "allowed" },
				16384 },
	[MEASURE_REFUSALS] = { "kubelb_admission_refusals_total",
			       "Refused reviews, once for each rule that refused.",
			       METRIC_COUNTER,
			       { "rule", "kind", "tenant" },
			       16384 },
	[MEASURE_DURATION] = { "kubelb_admission_duration_seconds",
			       "From the whole request to the whole answer of a review.",
			       METRIC_HISTOGRAM,
			       { "webhook" },
			       0 },
	[MEASURE_REQUESTS] = { "kubelb_webhook_requests_total",
			       "Answers of the webhooks by HTTP status; what is not 200 was "
			       "denied.",
			       METRIC_COUNTER,
			       { "webhook", "code" },
			       0 },
	[MEASURE_IN_FLIGHT] = { "kubelb_webhook_requests_in_flight",
				"Requests of which a part has come and the answer has not gone.",
				METRIC_GAUGE,
				{ NULL },
				0 },
	[MEASURE_IN_FLIGHT_BYTES] = { "kubelb_webhook_in_flight_bytes",
				      "Bytes of the bodies under way.",
				      METRIC_GAUGE,
				      { NULL },
				      0 },
	[MEASURE_CONNECTIONS] = { "kubelb_webhook_connections_total",
				  "Connections taken.",
				  METRIC_TOTAL,
				  { NULL },
				  0 },
	[MEASURE_CONNECTIONS_OPEN] = { "kubelb_webhook_connections",
				       "Open connections.",
				       METRIC_GAUGE,
				       { NULL },
				       0 },
	[MEASURE_CLIENTS_REFUSED] = { "kubelb_webhook_clients_refused_total",
				      "Clients and requests turned away before any review.",
				      METRIC_TOTAL,
				      { "reason" },
				      0 },
	[MEASURE_CERTIFICATE_EXPIRATION] = { "kubelb_webhook_certificate_expiration_timestamp_"
					     "seconds",
					     "When the serving certificate in use expires.",
					     METRIC_GAUGE,
					     { NULL },
					     0 },
	[MEASURE_CA_EXPIRATION] = { "kubelb_webhook_client_ca_expiration_timestamp_seconds",
				    "When the first of the client CAs in use expires; 0: none.",
				    METRIC_GAUGE,
				    { NULL },
				    0 },
	[MEASURE_RELOADS] = { "kubelb_webhook_certificate_reloads_total",
			      "New serving pairs and client CAs taken into use.",
			      METRIC_TOTAL,
			      { NULL },
			      0 },
	[MEASURE_RELOAD_FAILURES] = { "kubelb_webhook_certificate_reload_failures_total",
				      "New files that could not be used; the old ones stayed.",
				      METRIC_TOTAL,
				      { NULL },
				      0 },
	[MEASURE_READY] = { "kubelb_webhook_ready",
			    "What /readyz says: 1 or 0.",
			    METRIC_GAUGE,
			    { NULL },
			    0 },
	[MEASURE_POLICIES] = { "kubelb_policy_publications_total",
			       "Policies taken into use.",
			       METRIC_COUNTER,
			       { NULL },
			       0 },
	[MEASURE_POLICY_TIME] = { "kubelb_policy_publication_timestamp_seconds",
				  "When the policy in use was taken into use.",
				  METRIC_GAUGE,
				  { NULL },
				  0 },
	[MEASURE_POLICY_REFUSED] = { "kubelb_policy_refused_objects",
				     "Objects of the policy that are not as their files say.",
				     METRIC_GAUGE,
				     { NULL },
				     0 },
	[MEASURE_POLICY_TENANTS] = { "kubelb_policy_tenants",
				     "Tenants in the policy.",
				     METRIC_GAUGE,
				     { NULL },
				     0 },
	[MEASURE_POLICY_OBJECTS] = { "kubelb_policy_objects",
				     "Objects whose claims and quotas count.",
				     METRIC_GAUGE,
				     { NULL },
				     0 },
	[MEASURE_AUDIT_WRITTEN] = { "kubelb_audit_lines_written_total",
				    "Lines of the audit log that were written.",
				    METRIC_TOTAL,
				    { NULL },
				    0 },
	[MEASURE_AUDIT_DROPPED] = { "kubelb_audit_lines_dropped_total",
				    "Lines of the audit log that were lost.",
				    METRIC_TOTAL,
				    { NULL },
				    0 },
};

static const char *const refusals[HTTP_REFUSALS] = {
	[HTTP_REFUSED_NO_CERTIFICATE] = "no_certificate",
	[HTTP_REFUSED_CERTIFICATE] = "certificate",
	[HTTP_REFUSED_HANDSHAKE] = "handshake",
	[HTTP_REFUSED_CONNECTIONS] = "connections",
	[HTTP_REFUSED_IN_FLIGHT] = "in_flight",
	[HTTP_REFUSED_DEADLINE] = "deadline",
};

struct guard_metrics {
	struct metrics *all;
	struct process_metrics *process;
	struct metric *metrics[MEASURES];
};

struct guard_metrics *guard_metrics_new(void)
{
	static const char *const version[] = { VERSION_TEXT };
	struct guard_metrics *metrics = memory_new(1, sizeof(*metrics));

	metrics->all = metrics_new();
	for (int i = 0; i < MEASURES; i++)
		metrics->metrics[i] = metrics_add(metrics->all, &infos[i]);
	metrics->process = process_metrics_new(metrics->all);
	metric_set(metrics->metrics[MEASURE_BUILD], 1, version);
	return metrics;
}

void guard_metrics_free(struct guard_metrics *metrics)
{
	if (!metrics)
		return;
	process_metrics_free(metrics->process);
	metrics_free(metrics->all);
	free(metrics);
}

static bool is_first_of_rule(const struct problems *problems, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (str_equal(problems->items[i].rule, problems->items[index].rule))
			return false;
	return true;
}

/* What a caller wrote there is counted under one of a few words. */
static const char *operation_label(const char *operation)
{
	static const char *const known[] = { "CREATE", "UPDATE", "DELETE", "CONNECT", NULL };

	for (size_t i = 0; known[i]; i++)
		if (str_equal(operation, known[i]))
			return known[i];
	return "other";
}

void guard_metrics_decision(struct guard_metrics *metrics, const char *webhook,
			    const struct admission_outcome *outcome, const char *tenant,
			    uint64_t duration_ns)
{
	const char *kind = kind_info(outcome->kind)->kind;
	const char *const decision[] = { *kind ? kind : "other",
					 operation_label(outcome->operation), tenant,
					 outcome->allowed ? "true" : "false" };
	const struct problems *problems = &outcome->problems;

	metric_add(metrics->metrics[MEASURE_DECISIONS], 1, decision);
	metric_observe_ns(metrics->metrics[MEASURE_DURATION], duration_ns, &webhook);
	for (size_t i = 0; i < problems->count; i++) {
		const char *const refusal[] = { problems->items[i].rule, decision[0], tenant };

		if (is_first_of_rule(problems, i))
			metric_add(metrics->metrics[MEASURE_REFUSALS], 1, refusal);
	}
}

void guard_metrics_answer(struct guard_metrics *metrics, const char *webhook, unsigned status)
{
	char code[16];
	const char *const values[] = { webhook, code };

	snprintf(code, sizeof(code), "%u", status);
	metric_add(metrics->metrics[MEASURE_REQUESTS], 1, values);
}

static void set(const struct guard_metrics *metrics, enum measure measure, double value)
{
	metric_set(metrics->metrics[measure], value, NULL);
}

void guard_metrics_policy(struct guard_metrics *metrics, size_t refused, size_t tenants,
			  size_t objects)
{
	metric_add(metrics->metrics[MEASURE_POLICIES], 1, NULL);
	set(metrics, MEASURE_POLICY_TIME, (double)time(NULL));
	set(metrics, MEASURE_POLICY_REFUSED, (double)refused);
	set(metrics, MEASURE_POLICY_TENANTS, (double)tenants);
	set(metrics, MEASURE_POLICY_OBJECTS, (double)objects);
}

static void ask_server(const struct guard_metrics *metrics, const struct http_server *server)
{
	struct http_stats stats;

	http_server_stats(server, &stats);
	set(metrics, MEASURE_IN_FLIGHT, (double)stats.requests_in_flight);
	set(metrics, MEASURE_IN_FLIGHT_BYTES, (double)stats.bytes_in_flight);
	set(metrics, MEASURE_CONNECTIONS, (double)stats.connections);
	set(metrics, MEASURE_CONNECTIONS_OPEN, (double)stats.connections_open);
	set(metrics, MEASURE_CERTIFICATE_EXPIRATION, (double)stats.certificate_not_after);
	set(metrics, MEASURE_CA_EXPIRATION, (double)stats.client_ca_not_after);
	set(metrics, MEASURE_RELOADS, (double)stats.reloads);
	set(metrics, MEASURE_RELOAD_FAILURES, (double)stats.reload_failures);
	for (int i = 0; i < HTTP_REFUSALS; i++)
		metric_set(metrics->metrics[MEASURE_CLIENTS_REFUSED], (double)stats.refused[i],
			   &refusals[i]);
}

void guard_metrics_write(struct guard_metrics *metrics, const struct http_server *server,
			 struct audit *audit, bool ready, struct buf *ret)
{
	struct audit_stats lines = audit ? audit_stats(audit) : (struct audit_stats){ 0 };

	if (server)
		ask_server(metrics, server);
	set(metrics, MEASURE_AUDIT_WRITTEN, (double)lines.written);
	set(metrics, MEASURE_AUDIT_DROPPED, (double)lines.dropped);
	set(metrics, MEASURE_READY, ready);
	process_metrics_update(metrics->process);
	metrics_write(metrics->all, ret);
}
