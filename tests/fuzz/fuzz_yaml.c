/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML reader: any bytes are read or refused with one message, and what was read can be located
 * and written again. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "json/canonical.h"
#include "json/read.h"
#include "json/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_document(const struct yaml_document *document, const char *text, size_t size)
{
	CLEANUP(buf_done) struct buf canonical = { 0 };
	CLEANUP(json_decref) json_t *again = NULL;
	struct error err;
	unsigned line;

	assert(json_canonical(document->root, &canonical));
	if (json_parse(buf_text(&canonical), canonical.len, &again, &err) < 0)
		abort();
	if (yaml_locate(text, size, document->index, "spec.rules[0].http.paths[1]", &line) &&
	    line < document->line)
		abort();
	yaml_locate(text, size, document->index, "metadata.annotations[kubelb.k8c.io/x]", &line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(yaml_documents_done) struct yaml_documents documents = { 0 };
	const char *text = (const char *)data;
	struct error err;
	unsigned line;

	if (yaml_read(text, size, &documents, &err) < 0) {
		yaml_locate(text, size, 0, "spec.rules[0].host", &line);
		return 0;
	}
	for (size_t i = 0; i < documents.count && i < 16; i++)
		check_document(&documents.items[i], text, size);
	return 0;
}
