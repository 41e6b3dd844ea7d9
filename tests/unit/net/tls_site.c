/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a server with mutual TLS, and clients of every kind for it. */
#include "tests/unit/net/tls_site.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "net/tls.h"
#include "tests/unit/suite.h"

static void put(const char *path, const struct buf *text)
{
	struct error err;

	ck_assert_int_eq(file_write(path, text->data, text->len, 0600, &err), 0);
}

struct certificate site_issue(const struct certificate *authority, enum certificate_use use,
			      time_t now, const char *const *uris)
{
	static const char *const hosts[] = { "localhost", NULL };
	const struct certificate_request request = { .name = "test",
						     .use = use,
						     .hosts = hosts,
						     .uris = uris,
						     .now = now,
						     .valid_s = 1000 };
	struct certificate ret;
	struct error err;

	ck_assert_int_eq(certificate_issue(authority, &request, &ret, &err), 0);
	return ret;
}

void site_make(struct site *site)
{
	struct error err;

	*site = (struct site){ .folder = "/tmp/tls-test-XXXXXX" };
	ck_assert_ptr_nonnull(mkdtemp(site->folder));
	snprintf(site->ca, sizeof(site->ca), "%s/ca.pem", site->folder);
	snprintf(site->certificate, sizeof(site->certificate), "%s/cert.pem", site->folder);
	snprintf(site->key, sizeof(site->key), "%s/key.pem", site->folder);
	ck_assert_int_eq(certificate_authority("us", time(NULL), 1000, &site->authority, &err), 0);
	ck_assert_int_eq(
		certificate_authority("them", time(NULL), 1000, &site->other_authority, &err), 0);
	site->server = site_issue(&site->authority, CERTIFICATE_SERVER, time(NULL), NULL);
	put(site->ca, &site->authority.chain);
	put(site->certificate, &site->server.chain);
	put(site->key, &site->server.key);
}

void site_remove(struct site *site)
{
	certificate_done(&site->authority);
	certificate_done(&site->other_authority);
	certificate_done(&site->server);
	unlink(site->ca);
	unlink(site->certificate);
	unlink(site->key);
	ck_assert_int_eq(rmdir(site->folder), 0);
}

SSL_CTX *site_client(const struct site *site, const struct certificate *pair)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	BIO *bio;
	X509 *certificate;
	EVP_PKEY *key;

	/* A client that would take anything, so that every refusal is the server's. */
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	ck_assert_int_eq(SSL_CTX_load_verify_file(context, site->ca), 1);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	if (!pair)
		return context;
	bio = BIO_new_mem_buf(pair->chain.data, (int)pair->chain.len);
	certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	bio = BIO_new_mem_buf(pair->key.data, (int)pair->key.len);
	key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ck_assert_int_eq(SSL_CTX_use_certificate(context, certificate), 1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey(context, key), 1);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return context;
}

SSL_CTX *site_server(const struct site *site)
{
	SSL_CTX *context = NULL;
	struct error err = { 0 };

	ck_assert_msg(tls_server_context(site->ca, site->certificate, site->key, &context, &err) ==
			      0,
		      "%s", err.text);
	return context;
}
