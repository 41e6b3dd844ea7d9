/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, gauges and histograms with labels, and their text form for Prometheus. */
#include "base/metrics.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"

#define SERIES_DEFAULT 256

/* Upper bounds of a histogram's buckets. */
static const struct {
	uint64_t ns;
	const char *text; /* in seconds */
} buckets[] = {
	{ 50000, "5e-05" },    { 100000, "0.0001" },  { 250000, "0.00025" }, { 500000, "0.0005" },
	{ 1000000, "0.001" },  { 2500000, "0.0025" }, { 5000000, "0.005" },  { 10000000, "0.01" },
	{ 25000000, "0.025" }, { 50000000, "0.05" },  { 100000000, "0.1" },  { 250000000, "0.25" },
	{ 500000000, "0.5" },  { 1000000000, "1" },   { 2500000000, "2.5" }, { 5000000000, "5" },
};

#define BUCKETS (sizeof(buckets) / sizeof(*buckets))

struct series {
	char *values[METRIC_LABELS_MAX]; /* never changed once other threads see the series */
	/* A counter's count, the bits of a gauge's or total's double, the sum of a histogram in ns. */
	atomic_uint_least64_t value;
	atomic_uint_least64_t
		*counts; /* of a histogram: each bucket's own, and what is above them */
};

/* Series are found in a table that has room for all there may be, so that it never moves: a slot is
 * filled once, by whoever comes first. */
struct metric {
	const struct metric_info *info;
	size_t labels;
	size_t mask;
	size_t series_max;
	pthread_mutex_t lock; /* over new series */
	atomic_size_t series;
	_Atomic(struct series *) *table;
	struct series *other;
	struct metric *next;
};

struct metrics {
	struct metric *first, **last;
};

struct metrics *metrics_new(void)
{
	struct metrics *metrics = memory_new(1, sizeof(*metrics));

	metrics->last = &metrics->first;
	return metrics;
}

static void series_free(struct series *series)
{
	if (!series)
		return;
	for (size_t i = 0; i < METRIC_LABELS_MAX; i++)
		free(series->values[i]);
	free(series->counts);
	free(series);
}

void metrics_free(struct metrics *metrics)
{
	struct metric *metric, *next;

	if (!metrics)
		return;
	for (metric = metrics->first; metric; metric = next) {
		next = metric->next;
		for (size_t i = 0; i <= metric->mask; i++)
			series_free(atomic_load(&metric->table[i]));
		series_free(metric->other);
		free(metric->table);
		pthread_mutex_destroy(&metric->lock);
		free(metric);
	}
	free(metrics);
}

static struct series *series_new(const struct metric *metric, const char *const *values)
{
	struct series *series = memory_new(1, sizeof(*series));

	for (size_t i = 0; i < metric->labels; i++)
		series->values[i] = memory_strdup(values[i]);
	if (metric->info->type == METRIC_HISTOGRAM)
		series->counts = memory_new(BUCKETS + 1, sizeof(*series->counts));
	return series;
}

static struct series *series_get(struct metric *metric, const char *const *values);

struct metric *metrics_add(struct metrics *metrics, const struct metric_info *info)
{
	static const char *const other[METRIC_LABELS_MAX] = { "other", "other", "other", "other" };
	struct metric *metric = memory_new(1, sizeof(*metric));
	size_t room = 1;

	metric->info = info;
	pthread_mutex_init(&metric->lock, NULL);
	while (info->labels[metric->labels])
		metric->labels++;
	metric->series_max = info->series_max ? info->series_max : SERIES_DEFAULT;
	if (!metric->labels)
		metric->series_max = 1;
	while (room < metric->series_max * 2)
		room *= 2;
	metric->mask = room - 1;
	metric->table = memory_new(room, sizeof(*metric->table));
	metric->other = series_new(metric, other);
	if (!metric->labels)
		series_get(metric, NULL);
	*metrics->last = metric;
	metrics->last = &metric->next;
	return metric;
}

static bool series_is(const struct metric *metric, const struct series *series,
		      const char *const *values)
{
	for (size_t i = 0; i < metric->labels; i++)
		if (!str_equal(series->values[i], values[i]))
			return false;
	return true;
}

/* FNV-1a; a NUL ends each value, so that ("a", "bc") and ("ab", "c") differ. */
static size_t hash_values(const struct metric *metric, const char *const *values)
{
	uint64_t hash = 0xcbf29ce484222325U;

	for (size_t i = 0; i < metric->labels; i++) {
		const char *c = values[i];

		do
			hash = (hash ^ (unsigned char)*c) * 0x100000001b3U;
		while (*c++);
	}
	return (size_t)(hash ^ (hash >> 32));
}

/* The series in a slot that was empty a moment ago: another thread's by now, or a new one. NULL: there
 * are as many as there may be. */
static struct series *series_insert(struct metric *metric, size_t slot, const char *const *values)
{
	struct series *series;

	/* Who is last to fill the table must not be taken for one too many. */
	if (atomic_load(&metric->series) >= metric->series_max)
		return atomic_load(&metric->table[slot]);
	pthread_mutex_lock(&metric->lock);
	series = atomic_load(&metric->table[slot]);
	if (!series && atomic_load(&metric->series) < metric->series_max) {
		series = series_new(metric, values);
		atomic_store(&metric->table[slot], series);
		atomic_fetch_add(&metric->series, 1);
	}
	pthread_mutex_unlock(&metric->lock);
	return series;
}

static struct series *series_get(struct metric *metric, const char *const *values)
{
	size_t slot = hash_values(metric, values) & metric->mask;
	struct series *series;

	for (;; slot = (slot + 1) & metric->mask) {
		series = atomic_load_explicit(&metric->table[slot], memory_order_acquire);
		if (!series)
			series = series_insert(metric, slot, values);
		if (!series)
			return metric->other;
		if (series_is(metric, series, values))
			return series;
	}
}

void metric_add(struct metric *metric, uint64_t n, const char *const *values)
{
	atomic_fetch_add_explicit(&series_get(metric, values)->value, n, memory_order_relaxed);
}

void metric_set(struct metric *metric, double value, const char *const *values)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	atomic_store_explicit(&series_get(metric, values)->value, bits, memory_order_relaxed);
}

void metric_observe_ns(struct metric *metric, uint64_t ns, const char *const *values)
{
	struct series *series = series_get(metric, values);
	size_t i = 0;

	while (i < BUCKETS && ns > buckets[i].ns)
		i++;
	atomic_fetch_add_explicit(&series->counts[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&series->value, ns, memory_order_relaxed);
}

static void put_label_value(struct buf *buf, const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			buf_puts(buf, "\\n");
		else if (*text == '"' || *text == '\\')
			buf_printf(buf, "\\%c", *text);
		else
			buf_putc(buf, *text);
	}
}

/* name suffix {labels,le="…"} and a space; le may be NULL. */
static void put_name(struct buf *buf, const struct metric *metric, const struct series *series,
		     const char *suffix, const char *le)
{
	buf_printf(buf, "%s%s", metric->info->name, suffix);
	for (size_t i = 0; i < metric->labels; i++) {
		buf_printf(buf, "%s%s=\"", i ? "," : "{", metric->info->labels[i]);
		put_label_value(buf, series->values[i]);
		buf_putc(buf, '"');
	}
	if (le)
		buf_printf(buf, "%sle=\"%s\"", metric->labels ? "," : "{", le);
	buf_puts(buf, metric->labels || le ? "} " : " ");
}

static void put_double(struct buf *buf, uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	/* Whole numbers, such as bytes and seconds since the epoch, to the last digit. */
	if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value)
		buf_printf(buf, "%.0f\n", value);
	else
		buf_printf(buf, "%.15g\n", value);
}

static void put_histogram(struct buf *buf, const struct metric *metric, struct series *series)
{
	uint64_t count = 0;

	for (size_t i = 0; i <= BUCKETS; i++) {
		count += atomic_load_explicit(&series->counts[i], memory_order_relaxed);
		put_name(buf, metric, series, "_bucket", i < BUCKETS ? buckets[i].text : "+Inf");
		buf_printf(buf, "%llu\n", (unsigned long long)count);
	}
	put_name(buf, metric, series, "_sum", NULL);
	buf_printf(buf, "%.9f\n",
		   (double)atomic_load_explicit(&series->value, memory_order_relaxed) / 1e9);
	put_name(buf, metric, series, "_count", NULL);
	buf_printf(buf, "%llu\n", (unsigned long long)count);
}

static void put_series(struct buf *buf, const struct metric *metric, struct series *series)
{
	uint64_t value = atomic_load_explicit(&series->value, memory_order_relaxed);

	switch (metric->info->type) {
	case METRIC_COUNTER:
		put_name(buf, metric, series, "", NULL);
		buf_printf(buf, "%llu\n", (unsigned long long)value);
		break;
	case METRIC_GAUGE:
	case METRIC_TOTAL:
		put_name(buf, metric, series, "", NULL);
		put_double(buf, value);
		break;
	case METRIC_HISTOGRAM:
		put_histogram(buf, metric, series);
		break;
	}
}

static void put_metric(struct buf *buf, const struct metric *metric)
{
	static const char *const types[] = {
		[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_TOTAL] = "counter",
		[METRIC_HISTOGRAM] = "histogram",
	};
	const struct metric_info *info = metric->info;

	buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n", info->name, info->help, info->name,
		   types[info->type]);
	for (size_t i = 0; i <= metric->mask; i++) {
		struct series *series = atomic_load(&metric->table[i]);

		if (series)
			put_series(buf, metric, series);
	}
	if (atomic_load(&metric->series) >= metric->series_max && metric->labels)
		put_series(buf, metric, metric->other);
}

void metrics_write(const struct metrics *metrics, struct buf *ret)
{
	for (const struct metric *metric = metrics->first; metric; metric = metric->next)
		put_metric(ret, metric);
}
