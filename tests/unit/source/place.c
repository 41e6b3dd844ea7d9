/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/source/place.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "tests/unit/suite.h"

void place_init(struct place *place)
{
	struct error err;

	*place = (struct place){ 0 };
	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	snprintf(place->path, sizeof(place->path), "/tmp/kubelb-source-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(place->path));
	snprintf(place->path + strlen(place->path), 4, "/in");
	ck_assert_int_eq(file_make_folder(place->path, 0755, &err), 0);
	place->base = event_base_new();
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_all(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void place_done(struct place *place)
{
	folder_free(place->folder);
	event_base_free(place->base);
	buf_done(&place->told);
	*strrchr(place->path, '/') = '\0';
	remove_all(place->path);
	/* The leak checker traces the process, which a change of user forbids. */
	if (getuid() == 0 && geteuid() != 0) {
		ck_assert_int_eq(seteuid(0), 0);
		prctl(PR_SET_DUMPABLE, 1);
	}
}

static void on_changed(void *context, const char *tenant, bool settled)
{
	struct place *place = context;

	if (!settled) {
		buf_printf(&place->told, "%s;", tenant ? tenant : "operator");
		return;
	}
	place->settled++;
	event_base_loopbreak(place->base);
}

void place_open(struct place *place, bool watch)
{
	struct error err;

	ck_assert_msg(folder_new(watch ? place->base : NULL, place->path, on_changed, place,
				 &place->folder, &err) == 0,
		      "%s", err.text);
}

const char *place_at(const struct place *place, const char *name)
{
	static char path[8][512];
	static unsigned next;

	next = (next + 1) % 8;
	snprintf(path[next], sizeof(path[next]), "%s/%s", place->path, name);
	return path[next];
}

void place_folder(const struct place *place, const char *name)
{
	struct error err;

	ck_assert_int_eq(file_make_folder(place_at(place, name), 0755, &err), 0);
}

static void make_parent(const struct place *place, const char *name)
{
	char parent[256];

	snprintf(parent, sizeof(parent), "%s", name);
	if (!strrchr(parent, '/'))
		return;
	*strrchr(parent, '/') = '\0';
	place_folder(place, parent);
}

void place_write(const struct place *place, const char *name, const char *text)
{
	FILE *file;

	make_parent(place, name);
	file = fopen(place_at(place, name), "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

void place_link(const struct place *place, const char *target, const char *name)
{
	make_parent(place, name);
	ck_assert_int_eq(symlink(target, place_at(place, name)), 0);
}

void place_rename(const struct place *place, const char *from, const char *to)
{
	ck_assert_int_eq(rename(place_at(place, from), place_at(place, to)), 0);
}

void place_remove(const struct place *place, const char *name)
{
	remove_all(place_at(place, name));
}

void place_remove_parent(const struct place *place)
{
	char parent[sizeof(place->path)];

	snprintf(parent, sizeof(parent), "%s", place->path);
	*strrchr(parent, '/') = '\0';
	remove_all(parent);
}

static void on_limit(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(context);
}

void place_run(struct place *place, unsigned ms)
{
	struct timeval after = { .tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000 };
	struct event *limit = event_new(place->base, -1, 0, on_limit, place->base);

	buf_clear(&place->told);
	event_add(limit, &after);
	event_base_dispatch(place->base);
	event_free(limit);
}

void place_settle(struct place *place)
{
	unsigned before = place->settled;

	place_run(place, 5000);
	ck_assert_msg(place->settled == before + 1, "no change was told of within 5 s");
}

struct listing {
	const struct place *place;
	char *text;
	size_t length, size;
};

static void list_file(void *context, const struct folder_file *file)
{
	struct listing *listing = context;
	CLEANUP(buf_done) struct buf line = { 0 };

	ck_assert(str_has_prefix(file->path, listing->place->path));
	buf_printf(&line, "%s%s", file->error ? "!" : "",
		   file->path + strlen(listing->place->path) + 1);
	if (file->error_line)
		buf_printf(&line, "@%u", file->error_line);
	buf_puts(&line, ":");
	for (size_t i = 0; i < file->count; i++)
		buf_printf(&line, " %s", file->documents[i].text);
	buf_puts(&line, "\n");
	listing->length += (size_t)snprintf(listing->text + listing->length,
					    listing->size - listing->length, "%s", line.data);
}

const char *place_text(const struct place *place, const char *tenant)
{
	static char text[8192];
	struct listing listing = { place, text, 0, sizeof(text) };

	text[0] = '\0';
	folder_visit(place->folder, tenant, list_file, &listing);
	return text;
}
