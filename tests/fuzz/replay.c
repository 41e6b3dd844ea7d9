/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzzer is linked with where libFuzzer is not: runs it on every file of its corpus. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"

enum { INPUT_MAX = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void replay_file(const char *path)
{
	CLEANUP(buf_free) struct buf *input = NULL;
	struct error err;

	if (file_read(path, INPUT_MAX, &input, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(EXIT_FAILURE);
	}
	/* A crash ends the process: the last path on stderr is then the one to blame. */
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput((const uint8_t *)buf_text(input), input->len);
}

static int replay_folder(const char *path)
{
	struct dirent *entry;
	DIR *folder = opendir(path);
	int count = 0;

	if (!folder) {
		fprintf(stderr, "%s: a fuzzer needs a corpus: put one file there at least\n", path);
		return 0;
	}
	while ((entry = readdir(folder))) {
		CLEANUP(buf_done) struct buf name = { 0 };

		if (entry->d_name[0] == '.')
			continue;
		buf_printf(&name, "%s/%s", path, entry->d_name);
		replay_file(buf_text(&name));
		count++;
	}
	closedir(folder);
	return count;
}

/* Named files are replayed, as libFuzzer would; without any, the corpus of `fuzz_<entry>`. */
int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	CLEANUP(buf_done) struct buf corpus = { 0 };
	int count = argc - 1;

	for (int i = 1; i < argc; i++)
		replay_file(argv[i]);
	if (argc == 1) {
		buf_printf(&corpus, "%s/%s", FUZZ_CORPUS,
			   str_has_prefix(name, "fuzz_") ? name + strlen("fuzz_") : name);
		count = replay_folder(buf_text(&corpus));
	}
	printf("%d passed, %d failed\n", count, count == 0);
	return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
