/* SPDX-License-Identifier: Apache-2.0 */
/* The state folder of one `kubelb run`. */
#include "manager/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "net/digest.h"

struct state {
	struct arena *arena;
	char *folder;
	int lock; /* -1: not held */
};

/* Where the state of a served folder lies by default. */
static int default_path(struct arena *arena, const char *served, const char **ret,
			struct error *err)
{
	CLEANUP(free) char *real = realpath(served, NULL);
	const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char digest[DIGEST_HEX_SIZE];

	if (!real)
		return error_errno(err, errno, "%s", served);
	digest_hex(real, strlen(real), digest);
	digest[16] = '\0';
	if (!str_is_empty(base))
		*ret = arena_printf(arena, "%s/kubelb/%s", base, digest);
	else if (!str_is_empty(home))
		*ret = arena_printf(arena, "%s/.local/state/kubelb/%s", home, digest);
	else
		return error_set(err, ERROR_INVALID,
				 "neither HOME nor XDG_STATE_HOME is set; give --state DIR");
	return 0;
}

/* Is the file that was opened still the one of that name? Its last holder may have removed it. */
static bool is_current(int fd, const char *path)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && stat(path, &named) == 0 &&
	       opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

static int lock_folder(struct state *state, struct error *err)
{
	const char *path = state_file(state, "lock");
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return error_errno(err, errno, "state folder %s", state->folder);
		if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
			close(fd);
			return error_set(err, ERROR_BUSY,
					 "state folder %s is in use by another kubelb; give each "
					 "its own --state",
					 state->folder);
		}
		if (is_current(fd, path))
			break;
		close(fd);
	}
	state->lock = fd;
	return 0;
}

/* Would the served folder be read as if our files were a tenant's? */
static bool lies_in(const char *folder, const char *served)
{
	CLEANUP(free) char *real = realpath(served, NULL);

	return real && str_has_prefix(folder, real) && folder[strlen(real)] == '/' &&
	       !strstr(folder + strlen(real), "/.");
}

int state_open(const char *path, const char *served, struct state **ret, struct error *err)
{
	CLEANUP(state_free) struct state *state = memory_new(1, sizeof(*state));
	int r = 0;

	state->lock = -1;
	state->arena = arena_new();
	if (!path)
		r = default_path(state->arena, served, &path, err);
	if (r == 0)
		r = file_make_folder(path, 0700, err);
	if (r < 0)
		return error_prefix(err, "state folder");
	state->folder = realpath(path, NULL);
	if (!state->folder)
		return error_errno(err, errno, "state folder %s", path);
	if (lies_in(state->folder, served)) {
		rmdir(state->folder);
		return error_set(
			err, ERROR_INVALID,
			"state folder %s lies in the folder that is served; give another, or "
			"one whose name begins with '.'",
			path);
	}
	r = lock_folder(state, err);
	if (r < 0)
		return r;
	*ret = take(state);
	return 0;
}

void state_free(struct state *state)
{
	if (!state)
		return;
	if (state->lock >= 0) {
		unlink(state_file(state, "lock"));
		close(state->lock);
	}
	free(state->folder);
	arena_free(state->arena);
	free(state);
}

const char *state_folder(const struct state *state)
{
	return state->folder;
}

const char *state_file(struct state *state, const char *name)
{
	return arena_printf(state->arena, "%s/%s", state->folder, name);
}
