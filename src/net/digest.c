/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, for versions and for names that must not collide. */
#include "net/digest.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

void digest_hex(const void *bytes, size_t length, char ret[DIGEST_HEX_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	/* It fails for want of memory only. */
	if (!EVP_Digest(bytes ? bytes : "", length, digest, &size, EVP_sha256(), NULL))
		memory_exhausted();
	for (unsigned i = 0; i < size; i++)
		snprintf(ret + (size_t)i * 2, 3, "%02x", digest[i]);
}

void digest_parts(char ret[DIGEST_HEX_SIZE], ...)
{
	CLEANUP(buf_done) struct buf joined = { 0 };
	const char *part;
	va_list parts;

	va_start(parts, ret);
	while ((part = va_arg(parts, const char *)))
		buf_printf(&joined, "%zu:%s", strlen(part), part);
	va_end(parts);
	digest_hex(joined.data, joined.len, ret);
}
