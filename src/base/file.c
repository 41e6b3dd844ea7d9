/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files: read under a ceiling, replaced at once. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/str.h"

static int fd_read(int fd, size_t max, struct buf *buf, struct error *err)
{
	char chunk[16384];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, errno, "read");
		if (buf->len + (size_t)n > max)
			return error_set(err, ERROR_TOO_LARGE, "larger than %zu bytes", max);
		buf_add(buf, chunk, (size_t)n);
	}
	return 0;
}

int file_read(const char *path, size_t max, struct buf **ret, struct error *err)
{
	CLEANUP(buf_free) struct buf *buf = buf_new(0);
	struct stat st;
	int fd, r;

	if (str_equal(path, "-")) {
		r = fd_read(STDIN_FILENO, max, buf, err);
	} else {
		/* Without O_NONBLOCK a FIFO that nobody writes would hold us for ever. */
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			return error_errno(err, errno, "%s", path);
		if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
			r = error_set(err, ERROR_INVALID, "not a regular file");
		else
			r = fd_read(fd, max, buf, err);
		close(fd);
	}
	if (r < 0)
		return error_prefix(err, "%s", path);
	*ret = take(buf);
	return 0;
}

static int fd_write(int fd, const char *bytes, size_t length, struct error *err)
{
	ssize_t n;

	for (; length; bytes += n, length -= (size_t)n) {
		n = write(fd, bytes, length);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n < 0)
			return error_errno(err, errno, "write");
	}
	if (fsync(fd) < 0)
		return error_errno(err, errno, "fsync");
	return 0;
}

int file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err)
{
	CLEANUP(buf_done) struct buf name = { 0 };
	int fd, r;

	buf_printf(&name, "%s.XXXXXX", path);
	fd = mkostemp(name.data, O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "%s", path);
	r = fchmod(fd, mode) < 0 ? error_errno(err, errno, "chmod")
				 : fd_write(fd, bytes, length, err);
	close(fd);
	if (r == 0 && rename(name.data, path) < 0)
		r = error_errno(err, errno, "rename");
	if (r < 0) {
		unlink(name.data);
		return error_prefix(err, "%s", path);
	}
	return 0;
}

int file_make_folder(const char *path, mode_t mode, struct error *err)
{
	CLEANUP(free) char *part = memory_strdup(path);

	for (char *slash = part + 1;; slash++) {
		if (*slash && *slash != '/')
			continue;
		char end = *slash;

		*slash = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return error_errno(err, errno, "%s", part);
		*slash = end;
		if (!end)
			return 0;
	}
}
