/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target over the files of a folder, its corpus, where libFuzzer is not at hand. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *folder, const char *name)
{
	CLEANUP(buf_done) struct buf path = { 0 };
	CLEANUP(buf_free) struct buf *data = NULL;
	struct error err;

	buf_printf(&path, "%s/%s", folder, name);
	if (file_read(buf_text(&path), 1 << 24, &data, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(EXIT_FAILURE);
	}
	LLVMFuzzerTestOneInput((const uint8_t *)buf_text(data), data->len);
}

int main(void)
{
	struct dirent **names;
	int count = scandir(CORPUS, &names, NULL, alphasort), ran = 0;

	for (int i = 0; i < count; i++) {
		if (names[i]->d_name[0] != '.') {
			replay(CORPUS, names[i]->d_name);
			ran++;
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	printf("%d inputs of %s\n", ran, CORPUS);
	return ran ? EXIT_SUCCESS : EXIT_FAILURE;
}
