/* SPDX-License-Identifier: Apache-2.0 */
/* Starts a program that dies with the thread that started it. */
#include "envoy/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

static void close_cleanup(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Both ends close in an exec. */
static int make_pipe(int *ret_read, int *ret_write, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, errno, "pipe");
	*ret_read = ends[0];
	*ret_write = ends[1];
	return 0;
}

/* As many files as may be open at all: a proxy needs them, whatever the shell's default is. */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* In the child of a process with threads: system calls only. -1 with errno. */
static int prepare_child(pid_t parent, const char *folder, int output)
{
	sigset_t none;
	int null;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	raise_file_limit();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* Ctrl-C at a terminal is for the supervisor, which lets the program drain. */
	setpgid(0, 0);
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0)
		return -1;
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	return chdir(folder);
}

_Noreturn static void run_child(pid_t parent, const char *program, const char *folder,
				char *const argv[], int output, int report)
{
	int number;
	ssize_t n;

	if (prepare_child(parent, folder, output) == 0)
		execvp(program, argv);
	number = errno;
	n = write(report, &number, sizeof(number));
	_exit(n > 0 ? 127 : 126);
}

/* The error number of a failed exec, or 0 once the exec has closed the pipe. */
static int read_report(int report)
{
	int number = 0;
	ssize_t n;

	do {
		n = read(report, &number, sizeof(number));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(number) ? number : 0;
}

/* A relative path means the caller's working folder, not the program's. */
static char *resolve_program(const char *program)
{
	char *absolute = str_has_prefix(program, "/") || !strchr(program, '/')
				 ? NULL
				 : realpath(program, NULL);

	return absolute ? absolute : memory_strdup(program);
}

static int watch_child(pid_t pid, int output, int report, struct child *ret, struct error *err,
		       const char *program)
{
	int number = read_report(report);
	int pidfd = number ? -1 : pidfd_open(pid, 0);

	if (pidfd < 0) {
		number = number ? number : errno;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return error_errno(err, number, "cannot start '%s'", program);
	}
	fcntl(output, F_SETFL, O_NONBLOCK);
	*ret = (struct child){ .pid = pid, .pidfd = pidfd, .output = output };
	return 0;
}

int spawn(const char *folder, char *const argv[], struct child *ret, struct error *err)
{
	CLEANUP(close) int output_read = -1, output_write = -1, report_read = -1, report_write = -1;
	CLEANUP(free) char *program = resolve_program(argv[0]);
	pid_t parent = getpid(), pid;
	int r;

	r = make_pipe(&output_read, &output_write, err);
	if (r == 0)
		r = make_pipe(&report_read, &report_write, err);
	if (r < 0)
		return r;
	pid = fork();
	if (pid < 0)
		return error_errno(err, errno, "fork");
	if (pid == 0)
		run_child(parent, program, folder, argv, output_write, report_write);
	close(report_write);
	report_write = -1;
	r = watch_child(pid, output_read, report_read, ret, err, argv[0]);
	if (r == 0)
		output_read = -1;
	return r;
}
