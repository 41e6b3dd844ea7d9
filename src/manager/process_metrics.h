/* SPDX-License-Identifier: Apache-2.0 */
/* What Prometheus asks of every process, from /proc. */
#pragma once

#include "base/metrics.h"

struct process_metrics;

struct process_metrics *process_metrics_new(struct metrics *metrics);
void process_metrics_free(struct process_metrics *process);
/* Sets them to what is true now. Any thread. */
void process_metrics_update(const struct process_metrics *process);
