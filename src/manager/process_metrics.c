/* SPDX-License-Identifier: Apache-2.0 */
/* What Prometheus asks of every process, from /proc. */
#include "manager/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"

#define PROC_MAX 4096

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
			    "When the process began to count, in seconds since the epoch.",
			    METRIC_GAUGE,
			    { NULL },
			    0 },
};

struct process_metrics {
	struct metric *metrics[MEASURES];
};

static void set(const struct process_metrics *process, enum measure measure, double value)
{
	metric_set(process->metrics[measure], value, NULL);
}

struct process_metrics *process_metrics_new(struct metrics *metrics)
{
	struct process_metrics *process = memory_new(1, sizeof(*process));
	struct timespec now;

	for (int i = 0; i < MEASURES; i++)
		process->metrics[i] = metrics_add(metrics, &infos[i]);
	clock_gettime(CLOCK_REALTIME, &now);
	set(process, MEASURE_START, (double)now.tv_sec + (double)now.tv_nsec / 1e9);
	return process;
}

void process_metrics_free(struct process_metrics *process)
{
	free(process);
}

/* proc(5), /proc/pid/statm: all of it and what is resident, in pages. */
static void read_memory(const struct process_metrics *process)
{
	CLEANUP(buf_free) struct buf *text = NULL;
	double page = (double)sysconf(_SC_PAGESIZE);
	char *end;

	if (file_read("/proc/self/statm", PROC_MAX, &text, NULL) < 0)
		return;
	set(process, MEASURE_VIRTUAL, (double)strtoull(buf_text(text), &end, 10) * page);
	set(process, MEASURE_RESIDENT, (double)strtoull(end, NULL, 10) * page);
}

static double seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

static void read_cpu(const struct process_metrics *process)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		set(process, MEASURE_CPU, seconds(&usage.ru_utime) + seconds(&usage.ru_stime));
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
	read_cpu(process);
	read_memory(process);
	count_fds(process);
}
