/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/json/cases.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"
#include "tests/unit/suite.h"

void cases_run(const char *folder, const char *suffix, void (*run)(const char *path))
{
	CLEANUP(buf_done) struct buf root = { 0 };
	struct dirent **names;
	int count, ran = 0;

	buf_printf(&root, "%s/%s", TEST_DATA, folder);
	count = scandir(buf_text(&root), &names, NULL, alphasort);
	ck_assert_msg(count >= 0, "no folder %s", buf_text(&root));
	for (int i = 0; i < count; i++) {
		if (str_has_suffix(names[i]->d_name, suffix)) {
			CLEANUP(buf_done) struct buf path = { 0 };

			buf_printf(&path, "%s/%.*s", buf_text(&root),
				   (int)(strlen(names[i]->d_name) - strlen(suffix)),
				   names[i]->d_name);
			run(buf_text(&path));
			ran++;
		}
		free(names[i]);
	}
	free(names);
	ck_assert_int_gt(ran, 0);
}

struct buf *case_read(const char *path, const char *suffix)
{
	CLEANUP(buf_done) struct buf name = { 0 };
	struct error err;
	struct buf *text;

	buf_printf(&name, "%s%s", path, suffix);
	if (file_read(buf_text(&name), 1 << 24, &text, &err) == 0)
		return text;
	ck_assert_msg(err.code == ERROR_NOT_FOUND, "%s", err.text);
	return NULL;
}

char *case_line(const char *path, const char *suffix)
{
	CLEANUP(buf_free) struct buf *text = case_read(path, suffix);

	ck_assert_msg(text != NULL, "%s%s is missing", path, suffix);
	while (text->len && text->data[text->len - 1] == '\n')
		text->data[--text->len] = '\0';
	return buf_take(text);
}
