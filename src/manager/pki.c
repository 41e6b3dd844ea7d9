/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of the way between `kubelb run` and Envoys that others start. */
#include "manager/pki.h"

#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "net/certificate.h"

#define VALID_S (365L * 24 * 3600)

static int write_pem(struct arena *arena, const char *folder, const char *name,
		     const struct buf *pem, mode_t mode, struct error *err)
{
	return file_write(arena_printf(arena, "%s/%s", folder, name), pem->data, pem->len, mode,
			  err);
}

static int issue(struct arena *arena, const char *folder, const struct certificate *authority,
		 const struct certificate_request *request, const char *chain, const char *key,
		 struct error *err)
{
	CLEANUP(certificate_done) struct certificate issued = { 0 };
	int r = certificate_issue(authority, request, &issued, err);

	if (r == 0)
		r = write_pem(arena, folder, key, &issued.key, 0600, err);
	return r < 0 ? r : write_pem(arena, folder, chain, &issued.chain, 0644, err);
}

static int authority_open(struct arena *arena, const char *folder, struct certificate *ret,
			  struct error *err)
{
	const char *chain = arena_printf(arena, "%s/" PKI_CA, folder);
	const char *key = arena_printf(arena, "%s/" PKI_CA_KEY, folder);
	CLEANUP(buf_free) struct buf *chain_pem = NULL;
	CLEANUP(buf_free) struct buf *key_pem = NULL;
	int r;

	if (file_read(chain, 65536, &chain_pem, NULL) == 0 &&
	    file_read(key, 65536, &key_pem, NULL) == 0) {
		buf_add(&ret->chain, chain_pem->data, chain_pem->len);
		buf_add(&ret->key, key_pem->data, key_pem->len);
		return 0;
	}
	/* No node's name: what has one name as subject and issuer passes for self-signed. */
	r = certificate_authority("kubelb xDS authority", time(NULL), 10 * VALID_S, ret, err);
	if (r == 0)
		r = write_pem(arena, folder, PKI_CA_KEY, &ret->key, 0600, err);
	return r < 0 ? r : write_pem(arena, folder, PKI_CA, &ret->chain, 0644, err);
}

int pki_write(const char *folder, const char *host, const char *node, struct error *err)
{
	CLEANUP(certificate_done) struct certificate authority = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *const hosts[] = { host, NULL };
	const char *const uris[] = { arena_printf(arena, "spiffe://kubelb/node/%s", node), NULL };
	const struct certificate_request server = { .name = "kubelb-xds",
						    .use = CERTIFICATE_SERVER,
						    .hosts = hosts,
						    .now = time(NULL),
						    .valid_s = VALID_S };
	const struct certificate_request client = { .name = node,
						    .use = CERTIFICATE_CLIENT,
						    .uris = uris,
						    .now = time(NULL),
						    .valid_s = VALID_S };
	int r = authority_open(arena, folder, &authority, err);

	if (r == 0)
		r = issue(arena, folder, &authority, &server, PKI_SERVER, PKI_SERVER_KEY, err);
	if (r == 0)
		r = issue(arena, folder, &authority, &client, PKI_CLIENT, PKI_CLIENT_KEY, err);
	return r < 0 ? error_prefix(err, "certificates of xDS") : 0;
}
