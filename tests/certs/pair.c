/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a pair as the guard and the proxies do: leaves with 0 when certificate and key belong together
 * and can be served. */
#include <stdio.h>

#include "base/file.h"
#include "net/certificate.h"

#define PAIR_MAX (64UL << 10)

static int check(const char *certificate, const char *key, struct error *err)
{
	CLEANUP(buf_free) struct buf *chain = NULL;
	CLEANUP(buf_free) struct buf *secret = NULL;
	int r;

	r = file_read(certificate, PAIR_MAX, &chain, err);
	if (r < 0)
		return r;
	r = file_read(key, PAIR_MAX, &secret, err);
	if (r < 0)
		return r;
	return certificate_pair_check(buf_text(chain), buf_text(secret), err);
}

int main(int argc, char **argv)
{
	struct error err;

	if (argc != 3) {
		fprintf(stderr, "usage: pair CERTIFICATE KEY\n");
		return 2;
	}
	if (check(argv[1], argv[2], &err) == 0)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 1;
}
