/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, gauges and histograms with labels, and their text form for Prometheus (0.0.4). Any thread
 * counts without a lock; how many series a metric may have is bounded. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

#define METRIC_LABELS_MAX 4

enum metric_type {
	METRIC_COUNTER,	  /* metric_add() */
	METRIC_GAUGE,	  /* metric_set() */
	METRIC_TOTAL,	  /* a counter that is kept elsewhere: metric_set() before it is written */
	METRIC_HISTOGRAM, /* of durations: metric_observe_ns() */
};

struct metric_info {
	const char *name, *help; /* one line each */
	enum metric_type type;
	const char *labels[METRIC_LABELS_MAX + 1]; /* ends with NULL */
	/* Series beyond it are counted as one whose labels are all "other"; 0: 256. */
	size_t series_max;
};

struct metrics;
struct metric;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);
CLEANUP_DEFINE(metrics_free, struct metrics *)

/* One more metric, before another thread knows of `metrics`; info lives as long. A metric without
 * labels is written even if it was never touched. Borrowed from metrics. */
struct metric *metrics_add(struct metrics *metrics, const struct metric_info *info);

/* Appends all of them in the order in which they were added. */
void metrics_write(const struct metrics *metrics, struct buf *ret);

/* Any thread. values: as many as the metric has labels; NULL for none. Texts are copied where they are
 * new, whoever passes them on bounds what they can be. */
void metric_add(struct metric *metric, uint64_t n, const char *const *values);
void metric_set(struct metric *metric, double value, const char *const *values);
void metric_observe_ns(struct metric *metric, uint64_t ns, const char *const *values);
