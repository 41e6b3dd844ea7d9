/* SPDX-License-Identifier: Apache-2.0 */
/* What the guard counts. */
#pragma once

#include "admission/admission.h"
#include "base/metrics.h"
#include "http/server.h"
#include "manager/audit.h"

struct guard_metrics;

struct guard_metrics *guard_metrics_new(void);
void guard_metrics_free(struct guard_metrics *metrics);
CLEANUP_DEFINE(guard_metrics_free, struct guard_metrics *)

/* Any thread may call these. */

/* One decision. `webhook` is "validate" or "mutate", tenant as snapshot_tenant_label() gives it. */
void guard_metrics_decision(struct guard_metrics *metrics, const char *webhook,
			    const struct admission_outcome *outcome, const char *tenant,
			    uint64_t duration_ns);
/* One answer of a webhook, by its HTTP status. */
void guard_metrics_answer(struct guard_metrics *metrics, const char *webhook, unsigned status);
/* A policy was published: what of it is not as the files say, how many Tenants, how many objects. */
void guard_metrics_policy(struct guard_metrics *metrics, size_t refused, size_t tenants,
			  size_t objects);

/* Appends everything for Prometheus. server and audit may be NULL. */
void guard_metrics_write(struct guard_metrics *metrics, const struct http_server *server,
			 struct audit *audit, bool ready, struct buf *ret);
