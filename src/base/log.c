/* SPDX-License-Identifier: Apache-2.0 */
/* One line on stderr per event worth an operator's eye. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

static atomic_int log_level = LOG_INFO;

void log_set_level(enum log_level level)
{
	atomic_store(&log_level, (int)level);
}

static void log_line(enum log_level level, const char *format, va_list args)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };
	CLEANUP(buf_done) struct buf line = { 0 };
	struct timespec now;
	char text[4096];
	struct tm utc;
	ssize_t n;

	if ((int)level > atomic_load(&log_level))
		return;
	vsnprintf(text, sizeof(text), format, args);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	buf_printf(&line, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s ", utc.tm_year + 1900,
		   utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
		   now.tv_nsec / 1000000, names[level]);
	buf_put_visible(&line, text);
	buf_putc(&line, '\n');
	/* One write per line keeps the lines of several threads whole; a lost log is no error. */
	n = write(STDERR_FILENO, line.data, line.len);
	(void)n;
}

#define LOG_FUNCTION(name, level)              \
	void name(const char *format, ...)     \
	{                                      \
		va_list args;                  \
		va_start(args, format);        \
		log_line(level, format, args); \
		va_end(args);                  \
	}

LOG_FUNCTION(log_error, LOG_ERROR)
LOG_FUNCTION(log_warning, LOG_WARNING)
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_debug, LOG_DEBUG)
