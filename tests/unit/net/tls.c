/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tls.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "tests/unit/net/tls_site.h"
#include "tests/unit/suite.h"

#define NODE "spiffe://kubelb/node/n1"

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
	handshake->server_context = site_server(site);
	handshake->client_context = site_client(site, pair);
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
	struct certificate made =
		site_issue(&site->authority, CERTIFICATE_CLIENT, time(NULL), NULL);
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
		return site_issue(&site->other_authority, CERTIFICATE_CLIENT, now, NULL);
	case FOR_SERVERS:
		return site_issue(&site->authority, CERTIFICATE_SERVER, now, NULL);
	case WITHOUT_USE:
		return issue_without_use(site);
	case EXPIRED:
		return site_issue(&site->authority, CERTIFICATE_CLIENT, now - 2000, NULL);
	case NOT_YET:
		return site_issue(&site->authority, CERTIFICATE_CLIENT, now + 10000, NULL);
	default:
		return site_issue(&site->authority, CERTIFICATE_CLIENT, now, NULL);
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

START_TEST(ciphers_all_forward_secret_and_authenticated)
{
	STACK_OF(SSL_CIPHER) * ciphers;
	SSL_CTX *context;
	struct site site;

	site_make(&site);
	context = site_server(&site);
	ciphers = SSL_CTX_get_ciphers(context);
	ck_assert_int_gt(sk_SSL_CIPHER_num(ciphers), 3);
	for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
		const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
		int exchange = SSL_CIPHER_get_kx_nid(cipher);

		ck_assert(SSL_CIPHER_is_aead(cipher));
		ck_assert(exchange == NID_kx_ecdhe || exchange == NID_kx_any);
	}
	tls_context_free(context);
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
			site_issue(&site.authority, CERTIFICATE_CLIENT, time(NULL), peers[i].uris);
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
	ck_assert_int_eq(file_write(site.key, pair.key.data, pair.key.len, 0600, &err), 0);
	ck_assert_int_lt(tls_server_context(site.ca, site.certificate, site.key, &context, &err),
			 0);
	ck_assert_ptr_nonnull(strstr(err.text, "private key '"));
	ck_assert_ptr_null(context);
	site_remove(&site);
}
END_TEST

SUITE(net_tls, handshake_only_right_client_taken, handshake_weak_offer_refused,
      ciphers_all_forward_secret_and_authenticated, alpn_h2_selected_or_absent,
      peer_uri_only_when_single, context_bad_files_named)
