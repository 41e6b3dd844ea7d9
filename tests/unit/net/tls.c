/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tls.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "net/certificate.h"
#include "tests/unit/suite.h"

#define NODE "spiffe://kubelb/node/n1"

/* A folder with the server's files, and a client's pair in memory. */
struct site {
	char folder[32];
	char ca[64], certificate[64], key[64];
	struct certificate authority, other_authority, server;
};

static void put(const char *path, const struct buf *text)
{
	struct error err;

	ck_assert_int_eq(file_write(path, text->data, text->len, 0600, &err), 0);
}

static struct certificate issue(const struct certificate *authority, enum certificate_use use,
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

static void site_make(struct site *site)
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
	site->server = issue(&site->authority, CERTIFICATE_SERVER, time(NULL), NULL);
	put(site->ca, &site->authority.chain);
	put(site->certificate, &site->server.chain);
	put(site->key, &site->server.key);
}

static void site_remove(struct site *site)
{
	certificate_done(&site->authority);
	certificate_done(&site->other_authority);
	certificate_done(&site->server);
	unlink(site->ca);
	unlink(site->certificate);
	unlink(site->key);
	ck_assert_int_eq(rmdir(site->folder), 0);
}

static SSL_CTX *client_context(const struct site *site, const struct certificate *pair)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	BIO *bio;
	X509 *certificate;
	EVP_PKEY *key;

	/* A client that would take anything, so that every refusal is the server's. */
	SSL_CTX_set_security_level(context, 0);
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

static SSL_CTX *server_context(const struct site *site)
{
	SSL_CTX *context = NULL;
	struct error err = { 0 };

	ck_assert_msg(tls_server_context(site->ca, site->certificate, site->key, &context, &err) ==
			      0,
		      "%s", err.text);
	return context;
}

/* Both sides in turn over memory; true where the server takes the client. */
static bool shake_hands(SSL *server, SSL *client)
{
	BIO *left, *right;

	ck_assert_int_eq(BIO_new_bio_pair(&left, 0, &right, 0), 1);
	SSL_set_bio(server, left, left);
	SSL_set_bio(client, right, right);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	for (int i = 0; i < 20; i++) {
		SSL_do_handshake(client);
		if (SSL_do_handshake(server) == 1)
			return true;
	}
	return false;
}

struct handshake {
	SSL_CTX *server_context, *client_context;
	SSL *server, *client;
};

static void handshake_make(struct handshake *handshake, const struct site *site,
			   const struct certificate *pair)
{
	handshake->server_context = server_context(site);
	handshake->client_context = client_context(site, pair);
	handshake->server = SSL_new(handshake->server_context);
	handshake->client = SSL_new(handshake->client_context);
}

static void handshake_done(struct handshake *handshake)
{
	SSL_free(handshake->server);
	SSL_free(handshake->client);
	tls_context_free(handshake->server_context);
	SSL_CTX_free(handshake->client_context);
}

/* A certificate that names no use of its key. */
static struct certificate issue_without_use(const struct site *site)
{
	CLEANUP(certificate_done)
	struct certificate made = issue(&site->authority, CERTIFICATE_CLIENT, time(NULL), NULL);
	struct certificate ret = { 0 };
	BIO *bio = BIO_new_mem_buf(made.chain.data, (int)made.chain.len);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	EVP_PKEY *key;
	char *bytes;
	long length;

	BIO_free(bio);
	bio = BIO_new_mem_buf(site->authority.key.data, (int)site->authority.key.len);
	key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	BIO_free(bio);
	X509_EXTENSION_free(X509_delete_ext(
		certificate, X509_get_ext_by_NID(certificate, NID_ext_key_usage, -1)));
	ck_assert(X509_sign(certificate, key, EVP_sha256()));
	bio = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(bio, certificate);
	length = BIO_get_mem_data(bio, &bytes);
	buf_add(&ret.chain, bytes, (size_t)length);
	buf_add(&ret.key, made.key.data, made.key.len);
	BIO_free(bio);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return ret;
}

enum { RIGHT, NONE, OTHER_CA, FOR_SERVERS, WITHOUT_USE, EXPIRED, NOT_YET, CLIENTS };

static struct certificate make_client(const struct site *site, int kind)
{
	time_t now = time(NULL);

	switch (kind) {
	case OTHER_CA:
		return issue(&site->other_authority, CERTIFICATE_CLIENT, now, NULL);
	case FOR_SERVERS:
		return issue(&site->authority, CERTIFICATE_SERVER, now, NULL);
	case WITHOUT_USE:
		return issue_without_use(site);
	case EXPIRED:
		return issue(&site->authority, CERTIFICATE_CLIENT, now - 2000, NULL);
	case NOT_YET:
		return issue(&site->authority, CERTIFICATE_CLIENT, now + 10000, NULL);
	default:
		return issue(&site->authority, CERTIFICATE_CLIENT, now, NULL);
	}
}

START_TEST(handshake_only_right_client_taken)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct site site;

	site_make(&site);
	for (int kind = 0; kind < CLIENTS; kind++) {
		CLEANUP(certificate_done) struct certificate pair = make_client(&site, kind);

		for (int i = 0; i < 2; i++) {
			struct handshake handshake;

			handshake_make(&handshake, &site, kind == NONE ? NULL : &pair);
			SSL_set_max_proto_version(handshake.client, versions[i]);
			ck_assert_msg(shake_hands(handshake.server, handshake.client) ==
					      (kind == RIGHT),
				      "client %d, version %d", kind, i);
			handshake_done(&handshake);
		}
	}
	site_remove(&site);
}
END_TEST

/* ciphers NULL: the usual ones. */
static const struct {
	int version;
	const char *ciphers;
	bool is_taken;
} offers[] = {
	{ TLS1_3_VERSION, NULL, true },
	{ TLS1_2_VERSION, NULL, true },
	{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", true },
	{ TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", true },
	{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA", false },
	{ TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", false },
	{ TLS1_2_VERSION, "AES128-GCM-SHA256", false },
	{ TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", false },
	{ TLS1_1_VERSION, "ALL:@SECLEVEL=0", false },
	{ TLS1_VERSION, "ALL:@SECLEVEL=0", false },
};

START_TEST(handshake_weak_offer_refused)
{
	CLEANUP(certificate_done) struct certificate pair = { 0 };
	struct site site;

	site_make(&site);
	pair = make_client(&site, RIGHT);
	for (size_t i = 0; i < sizeof(offers) / sizeof(*offers); i++) {
		struct handshake handshake;

		handshake_make(&handshake, &site, &pair);
		SSL_set_max_proto_version(handshake.client, offers[i].version);
		if (offers[i].ciphers)
			ck_assert(SSL_set_cipher_list(handshake.client, offers[i].ciphers));
		ck_assert_msg(shake_hands(handshake.server, handshake.client) == offers[i].is_taken,
			      "offer %zu", i);
		handshake_done(&handshake);
	}
	site_remove(&site);
}
END_TEST

/* In ALPN's own notation; NULL: none. */
static const struct {
	const char *offered;
	bool is_taken, is_h2;
} protocols[] = {
	{ NULL, true, false },
	{ "\2h2", true, true },
	{ "\10http/1.1\2h2", true, true },
	{ "\10http/1.1", false, false },
};

START_TEST(alpn_h2_selected_or_absent)
{
	CLEANUP(certificate_done) struct certificate pair = { 0 };
	struct site site;

	site_make(&site);
	pair = make_client(&site, RIGHT);
	for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		const char *offered = protocols[i].offered;
		const unsigned char *selected;
		struct handshake handshake;
		unsigned length;

		handshake_make(&handshake, &site, &pair);
		if (offered)
			SSL_set_alpn_protos(handshake.client, (const unsigned char *)offered,
					    (unsigned)strlen(offered));
		ck_assert_msg(shake_hands(handshake.server, handshake.client) ==
				      protocols[i].is_taken,
			      "%zu", i);
		SSL_get0_alpn_selected(handshake.server, &selected, &length);
		if (protocols[i].is_taken)
			ck_assert_uint_eq(length, protocols[i].is_h2 ? 2 : 0);
		handshake_done(&handshake);
	}
	site_remove(&site);
}
END_TEST

static const char *const one_uri[] = { NODE, NULL };
static const char *const two_uris[] = { NODE, "spiffe://kubelb/node/n2", NULL };

static const struct {
	const char *const *uris;
	const char *peer;
} peers[] = { { one_uri, NODE }, { two_uris, NULL }, { NULL, NULL } };

START_TEST(peer_uri_only_when_single)
{
	struct site site;

	site_make(&site);
	for (size_t i = 0; i < sizeof(peers) / sizeof(*peers); i++) {
		CLEANUP(certificate_done)
		struct certificate pair =
			issue(&site.authority, CERTIFICATE_CLIENT, time(NULL), peers[i].uris);
		CLEANUP(free) char *peer = NULL;
		struct handshake handshake;

		handshake_make(&handshake, &site, &pair);
		ck_assert_ptr_null(tls_peer_uri(handshake.server));
		ck_assert(shake_hands(handshake.server, handshake.client));
		peer = tls_peer_uri(handshake.server);
		ck_assert_msg(!peer == !peers[i].peer, "%zu", i);
		if (peer)
			ck_assert_str_eq(peer, peers[i].peer);
		handshake_done(&handshake);
	}
	site_remove(&site);
}
END_TEST

START_TEST(context_bad_files_named)
{
	CLEANUP(certificate_done) struct certificate pair = { 0 };
	SSL_CTX *context = NULL;
	struct error err = { 0 };
	struct site site;

	site_make(&site);
	pair = make_client(&site, RIGHT);
	ck_assert_int_lt(
		tls_server_context("/nonexistent", site.certificate, site.key, &context, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent"));
	ck_assert_int_lt(tls_server_context(site.ca, site.key, site.key, &context, &err), 0);
	ck_assert_ptr_nonnull(strstr(err.text, "certificate '"));
	put(site.key, &pair.key);
	ck_assert_int_lt(tls_server_context(site.ca, site.certificate, site.key, &context, &err),
			 0);
	ck_assert_ptr_nonnull(strstr(err.text, "private key '"));
	ck_assert_ptr_null(context);
	site_remove(&site);
}
END_TEST

SUITE(net_tls, handshake_only_right_client_taken, handshake_weak_offer_refused,
      alpn_h2_selected_or_absent, peer_uri_only_when_single, context_bad_files_named)
