/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics: their text, their bounds, and counting from several threads. */
#include "base/metrics.h"

#include <pthread.h>
#include <stdio.h>

#include "tests/unit/suite.h"

static const struct metric_info counter = {
	"x_total", "Counts.", METRIC_COUNTER, { "a", "b" }, 4,
};

static const char *written(struct metrics *metrics, struct buf *buf)
{
	buf_clear(buf);
	metrics_write(metrics, buf);
	return buf_text(buf);
}

START_TEST(metric_without_labels_written_untouched)
{
	static const struct metric_info info = { "up", "Is it.", METRIC_GAUGE, { NULL }, 0 };
	CLEANUP(metrics_free) struct metrics *metrics = metrics_new();
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct metric *metric = metrics_add(metrics, &info);

	ck_assert_str_eq(written(metrics, &buf), "# HELP up Is it.\n# TYPE up gauge\nup 0\n");
	metric_set(metric, 1798836611, NULL);
	ck_assert_str_eq(written(metrics, &buf),
			 "# HELP up Is it.\n# TYPE up gauge\nup 1798836611\n");
	metric_set(metric, 0.25, NULL);
	ck_assert_str_eq(written(metrics, &buf), "# HELP up Is it.\n# TYPE up gauge\nup 0.25\n");
}
END_TEST

START_TEST(label_value_written_escaped)
{
	static const char *const values[] = { "q\"b\\n\n", "" };
	CLEANUP(metrics_free) struct metrics *metrics = metrics_new();
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct metric *metric = metrics_add(metrics, &counter);

	metric_add(metric, 2, values);
	metric_add(metric, 3, values);
	ck_assert_str_eq(written(metrics, &buf), "# HELP x_total Counts.\n# TYPE x_total counter\n"
						 "x_total{a=\"q\\\"b\\\\n\\n\",b=\"\"} 5\n");
}
END_TEST

START_TEST(values_that_join_alike_kept_apart)
{
	static const char *const one[] = { "a", "bc" }, *const two[] = { "ab", "c" };
	CLEANUP(metrics_free) struct metrics *metrics = metrics_new();
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct metric *metric = metrics_add(metrics, &counter);

	metric_add(metric, 1, one);
	metric_add(metric, 2, two);
	ck_assert_ptr_nonnull(strstr(written(metrics, &buf), "x_total{a=\"a\",b=\"bc\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&buf), "x_total{a=\"ab\",b=\"c\"} 2\n"));
}
END_TEST

START_TEST(series_beyond_the_bound_counted_as_other)
{
	CLEANUP(metrics_free) struct metrics *metrics = metrics_new();
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct metric *metric = metrics_add(metrics, &counter);
	char text[16];
	const char *const values[] = { text, "b" };

	for (int i = 0; i < 10; i++) {
		snprintf(text, sizeof(text), "%d", i);
		metric_add(metric, 1, values);
	}
	snprintf(text, sizeof(text), "%d", 3);
	metric_add(metric, 1, values);
	ck_assert_ptr_nonnull(
		strstr(written(metrics, &buf), "x_total{a=\"other\",b=\"other\"} 6\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&buf), "x_total{a=\"3\",b=\"b\"} 2\n"));
	ck_assert_ptr_null(strstr(buf_text(&buf), "a=\"4\""));
}
END_TEST

START_TEST(duration_counted_in_each_bucket_above)
{
	static const struct metric_info info = {
		"d_seconds", "Lasts.", METRIC_HISTOGRAM, { NULL }, 0
	};
	CLEANUP(metrics_free) struct metrics *metrics = metrics_new();
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct metric *metric = metrics_add(metrics, &info);

	metric_observe_ns(metric, 1000000, NULL);
	metric_observe_ns(metric, 60000000000, NULL);
	ck_assert_ptr_nonnull(strstr(written(metrics, &buf), "d_seconds_bucket{le=\"0.0005\"} 0\n"
							     "d_seconds_bucket{le=\"0.001\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_text(&buf), "d_seconds_bucket{le=\"5\"} 1\n"
						     "d_seconds_bucket{le=\"+Inf\"} 2\n"
						     "d_seconds_sum 60.001000000\n"
						     "d_seconds_count 2\n"));
}
END_TEST

static void *count(void *context)
{
	char text[16];
	const char *const values[] = { text, "b" };

	for (int i = 0; i < 3000; i++) {
		snprintf(text, sizeof(text), "%d", i % 3);
		metric_add(context, 1, values);
	}
	return NULL;
}

START_TEST(threads_that_count_lose_nothing)
{
	CLEANUP(metrics_free) struct metrics *metrics = metrics_new();
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct metric *metric = metrics_add(metrics, &counter);
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, count, metric), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	written(metrics, &buf);
	for (int i = 0; i < 3; i++) {
		char line[64];

		snprintf(line, sizeof(line), "x_total{a=\"%d\",b=\"b\"} 4000\n", i);
		ck_assert_ptr_nonnull(strstr(buf_text(&buf), line));
	}
	ck_assert_ptr_null(strstr(buf_text(&buf), "other"));
}
END_TEST

SUITE(base_metrics, metric_without_labels_written_untouched, label_value_written_escaped,
      values_that_join_alike_kept_apart, series_beyond_the_bound_counted_as_other,
      duration_counted_in_each_bucket_above, threads_that_count_lose_nothing)
