/* SPDX-License-Identifier: Apache-2.0 */
/* Encodes the resource on standard input, which names its type in "@type", to standard output. */
#include "envoy/encode.h"

#include <stdio.h>
#include <string.h>

#include "json/read.h"

int main(void)
{
	CLEANUP(json_decref) json_t *json = json_loadf(stdin, 0, NULL);
	CLEANUP(buf_done) struct buf bytes = { 0 };
	const char *url = json_text(json, "@type");
	struct error err;

	if (!url || !strchr(url, '/')) {
		fprintf(stderr, "no JSON object with an @type\n");
		return 2;
	}
	CLEANUP(json_decref) json_t *fields = json_copy(json);
	json_object_del(fields, "@type");
	if (encode(strchr(url, '/') + 1, fields, &bytes, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	return fwrite(buf_text(&bytes), 1, bytes.len, stdout) == bytes.len ? 0 : 2;
}
