/* SPDX-License-Identifier: Apache-2.0 */
/* What Prometheus asks of every process, from /proc. */
#include "manager/process_metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

#define PROC_MAX (64 * 1024)

enum measure {
	MEASURE_CPU,
	MEASURE_OPEN_FDS,
	MEASURE_MAX_FDS,
	MEASURE_VIRTUAL,
	MEASURE_RESIDENT,
	MEASURE_START,
	MEASURES,
};

static const struct metric_info infos[MEASURES] = {
	[MEASURE_CPU] = { "process_cpu_seconds_total",
			  "CPU time of user and system, in seconds.",
			  METRIC_TOTAL,
			  { NULL },
			  0 },
	[MEASURE_OPEN_FDS] = { "process_open_fds",
			       "Open file descriptors.",
			       METRIC_GAUGE,
			       { NULL },
			       0 },
	[MEASURE_MAX_FDS] = { "process_max_fds",
			      "The most file descriptors that may be open.",
			      METRIC_GAUGE,
			      { NULL },
			      0 },
	[MEASURE_VIRTUAL] = { "process_virtual_memory_bytes",
			      "Virtual memory, in bytes.",
			      METRIC_GAUGE,
			      { NULL },
			      0 },
	[MEASURE_RESIDENT] = { "process_resident_memory_bytes",
			       "Resident memory, in bytes.",
			       METRIC_GAUGE,
			       { NULL },
			       0 },
	[MEASURE_START] = { "process_start_time_seconds",
			    "When the process started, in seconds since the epoch.",
			    METRIC_GAUGE,
			    { NULL },
			    0 },
};

struct process_metrics {
	struct metric *metrics[MEASURES];
};

struct process_metrics *process_metrics_new(struct metrics *metrics)
{
	struct process_metrics *process = memory_new(1, sizeof(*process));

	for (int i = 0; i < MEASURES; i++)
		process->metrics[i] = metrics_add(metrics, &infos[i]);
	return process;
}

void process_metrics_free(struct process_metrics *process)
{
	free(process);
}

static void set(const struct process_metrics *process, enum measure measure, double value)
{
	metric_set(process->metrics[measure], value, NULL);
}

/* The start of the system on the clock that we show, in seconds since the epoch. */
static double boot_time(void)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (double)(real.tv_sec - boot.tv_sec) + (double)(real.tv_nsec - boot.tv_nsec) / 1e9;
}

/* proc(5), /proc/pid/stat: the name in brackets may hold anything, so fields are counted behind it. */
static void read_stat(const struct process_metrics *process)
{
	CLEANUP(buf_free) struct buf *text = NULL;
	double ticks = (double)sysconf(_SC_CLK_TCK);
	unsigned long user, system, virtual;
	unsigned long long start;
	const char *rest;
	long resident;

	if (file_read("/proc/self/stat", PROC_MAX, &text, NULL) < 0)
		return;
	rest = strrchr(text->data, ')');
	if (!rest || sscanf(rest + 1,
			    " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d "
			    "%*d %*d %llu %lu %ld",
			    &user, &system, &start, &virtual, &resident) != 5)
		return;
	set(process, MEASURE_CPU, (double)(user + system) / ticks);
	set(process, MEASURE_VIRTUAL, (double)virtual);
	set(process, MEASURE_RESIDENT, (double)resident * (double)sysconf(_SC_PAGESIZE));
	set(process, MEASURE_START, boot_time() + (double)start / ticks);
}

static void count_fds(const struct process_metrics *process)
{
	DIR *folder = opendir("/proc/self/fd");
	struct rlimit limit;
	int count = -1; /* the one that counts */

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		set(process, MEASURE_MAX_FDS, (double)limit.rlim_cur);
	if (!folder)
		return;
	for (const struct dirent *entry; (entry = readdir(folder));)
		count += *entry->d_name != '.';
	closedir(folder);
	set(process, MEASURE_OPEN_FDS, (double)count);
}

void process_metrics_update(const struct process_metrics *process)
{
	read_stat(process);
	count_fds(process);
}
