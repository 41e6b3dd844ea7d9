/* SPDX-License-Identifier: Apache-2.0 */
#include "net/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/memory.h"
#include "tests/unit/suite.h"

static const time_t now = 1800000000;

static const char *const addresses[] = { "127.0.0.1", "::1", NULL };
static const char *const hosts[] = { "xds.test", NULL };
static const char *const uris[] = { "spiffe://kubelb/node/n,DNS:evil", NULL };

static struct certificate_request request(enum certificate_use use)
{
	return (struct certificate_request){ .name = "a node",
					     .use = use,
					     .addresses = addresses,
					     .hosts = hosts,
					     .uris = uris,
					     .now = now,
					     .valid_s = 1000 };
}

static X509 *read_certificate(const struct certificate *certificate)
{
	BIO *bio = BIO_new_mem_buf(certificate->chain.data, (int)certificate->chain.len);
	X509 *ret = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	ck_assert_ptr_nonnull(ret);
	return ret;
}

/* X509_V_OK, or why the certificate is no good for the purpose at that time. */
static int verify(const struct certificate *authority, const struct certificate *certificate,
		  int purpose, time_t at)
{
	X509 *root = read_certificate(authority), *leaf = read_certificate(certificate);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	int result;

	X509_STORE_add_cert(store, root);
	X509_STORE_CTX_init(context, store, leaf, NULL);
	X509_STORE_CTX_set_purpose(context, purpose);
	X509_STORE_CTX_set_time(context, 0, at);
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_X509_STRICT);
	X509_verify_cert(context);
	result = X509_STORE_CTX_get_error(context);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	X509_free(root);
	X509_free(leaf);
	return result;
}

START_TEST(issue_each_use_valid_for_that_alone)
{
	CLEANUP(certificate_done) struct certificate authority = { 0 }, other = { 0 };
	struct error err;

	ck_assert_int_eq(certificate_authority("us", now, 1000, &authority, &err), 0);
	ck_assert_int_eq(certificate_authority("us", now, 1000, &other, &err), 0);
	for (enum certificate_use use = CERTIFICATE_SERVER; use <= CERTIFICATE_CLIENT; use++) {
		CLEANUP(certificate_done) struct certificate leaf = { 0 };
		struct certificate_request wanted = request(use);
		bool is_server = use == CERTIFICATE_SERVER;
		int right = is_server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
		int wrong = is_server ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER;

		ck_assert_int_eq(certificate_issue(&authority, &wanted, &leaf, &err), 0);
		ck_assert_int_eq(verify(&authority, &leaf, right, now), X509_V_OK);
		ck_assert_int_eq(verify(&authority, &leaf, right, now - 3500), X509_V_OK);
		ck_assert_int_eq(verify(&authority, &leaf, wrong, now), X509_V_ERR_INVALID_PURPOSE);
		ck_assert_int_eq(verify(&authority, &leaf, right, now + 1001),
				 X509_V_ERR_CERT_HAS_EXPIRED);
		ck_assert_int_ne(verify(&other, &leaf, right, now), X509_V_OK);
		ck_assert_int_eq(certificate_pair_check(leaf.chain.data, leaf.key.data, &err), 0);
		ck_assert_int_lt(certificate_pair_check(leaf.chain.data, other.key.data, &err), 0);
	}
}
END_TEST

START_TEST(issue_names_as_asked)
{
	CLEANUP(certificate_done) struct certificate authority = { 0 }, leaf = { 0 };
	struct certificate_request wanted = request(CERTIFICATE_SERVER);
	GENERAL_NAMES *names;
	struct error err;
	X509 *read;

	ck_assert_int_eq(certificate_authority("us", now, 1000, &authority, &err), 0);
	ck_assert_int_eq(certificate_issue(&authority, &wanted, &leaf, &err), 0);
	read = read_certificate(&leaf);
	ck_assert_int_eq(X509_check_ip_asc(read, "127.0.0.1", 0), 1);
	ck_assert_int_eq(X509_check_ip_asc(read, "::1", 0), 1);
	ck_assert_int_eq(X509_check_host(read, "xds.test", 0, 0, NULL), 1);
	ck_assert_int_eq(X509_check_host(read, "evil", 0, 0, NULL), 0);
	names = X509_get_ext_d2i(read, NID_subject_alt_name, NULL, NULL);
	ck_assert_int_eq(sk_GENERAL_NAME_num(names), 4);
	GENERAL_NAMES_free(names);
	X509_free(read);
}
END_TEST

START_TEST(issue_bad_names_refused)
{
	static const char *const bad[] = { "not an address", NULL };
	CLEANUP(certificate_done) struct certificate authority = { 0 }, leaf = { 0 };
	struct certificate_request wanted[] = { request(CERTIFICATE_SERVER),
						request(CERTIFICATE_SERVER),
						request(CERTIFICATE_SERVER) };
	struct error err;

	wanted[0].addresses = bad;
	wanted[1].uris = bad;
	wanted[2].addresses = wanted[2].hosts = wanted[2].uris = NULL;
	ck_assert_int_eq(certificate_authority("us", now, 1000, &authority, &err), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(certificate_issue(&authority, &wanted[i], &leaf, &err),
				 -ERROR_INVALID);
	wanted[0] = request(CERTIFICATE_SERVER);
	ck_assert_int_eq(certificate_issue(&leaf, &wanted[0], &leaf, &err), -ERROR_INVALID);
}
END_TEST

struct pair {
	struct buf chain, key;
};

/* A pair that signs itself, of any kind of key; bits for RSA, else a curve's or a kind's name. */
static struct pair pair_make(unsigned bits, const char *kind, const EVP_CIPHER *cipher)
{
	EVP_PKEY *key = bits		 ? EVP_RSA_gen(bits)
			: kind[0] == 'E' ? EVP_PKEY_Q_keygen(NULL, NULL, kind)
					 : EVP_EC_gen(kind);
	BIO *chain = BIO_new(BIO_s_mem()), *secret = BIO_new(BIO_s_mem());
	X509 *certificate = X509_new();
	struct pair pair = { 0 };
	char *bytes;
	long length;

	ck_assert_ptr_nonnull(key);
	/* Long over: that is none of the check's business. */
	X509_gmtime_adj(X509_getm_notBefore(certificate), -1000);
	X509_gmtime_adj(X509_getm_notAfter(certificate), -100);
	X509_set_pubkey(certificate, key);
	ck_assert(X509_sign(certificate, key, kind && kind[0] == 'E' ? NULL : EVP_sha256()));
	PEM_write_bio_X509(chain, certificate);
	PEM_write_bio_PKCS8PrivateKey(secret, key, cipher, cipher ? "pass" : NULL, cipher ? 4 : 0,
				      NULL, NULL);
	length = BIO_get_mem_data(chain, &bytes);
	buf_add(&pair.chain, bytes, (size_t)length);
	length = BIO_get_mem_data(secret, &bytes);
	buf_add(&pair.key, bytes, (size_t)length);
	BIO_free(chain);
	BIO_free(secret);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return pair;
}

static void pair_done(struct pair *pair)
{
	buf_done(&pair->chain);
	buf_done(&pair->key);
}

/* text NULL: taken. */
static const struct {
	unsigned bits;
	const char *kind, *text;
} kinds[] = {
	{ 2048, NULL, NULL },
	{ 1024, NULL, "1024 bits" },
	{ 0, "P-256", NULL },
	{ 0, "P-384", NULL },
	{ 0, "P-521", NULL },
	{ 0, "P-224", "P-256, P-384 or P-521" },
	{ 0, "secp256k1", "P-256, P-384 or P-521" },
	{ 0, "ED25519", "must be RSA" },
};

START_TEST(pair_each_kind_of_key_as_envoy_takes_it)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct pair pair = pair_make(kinds[i].bits, kinds[i].kind, NULL);
		struct error err = { 0 };
		int r = certificate_pair_check(pair.chain.data, pair.key.data, &err);

		ck_assert_msg(r == (kinds[i].text ? -ERROR_INVALID : 0), "%zu: %s", i, err.text);
		if (kinds[i].text)
			ck_assert_msg(strstr(err.text, kinds[i].text), "%s", err.text);
		pair_done(&pair);
	}
}
END_TEST

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "-----END CERTIFICATE-----\n"

/* What lies before and behind a good certificate; NULL instead of the key: its own. */
static const struct {
	const char *before, *after, *key, *text;
} texts[] = {
	{ "a remark\n", "", NULL, NULL },
	{ "", "\n\ntrailing words\n", NULL, NULL },
	{ "", BEGIN "AAAA\n" END, NULL, "certificate 2" },
	{ BEGIN "AAAA\n" END, "", NULL, "no PEM certificate" },
	{ BEGIN, "", NULL, "no PEM certificate" },
	{ "", "", "", "private key cannot be read" },
	{ "", "", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
	  "private key cannot be read" },
};

START_TEST(pair_malformed_told_without_key_material)
{
	struct pair pair = pair_make(0, "P-256", NULL);

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		CLEANUP(buf_done) struct buf chain = { 0 };
		struct error err = { 0 };
		const char *key = texts[i].key ? texts[i].key : pair.key.data;
		int r;

		buf_printf(&chain, "%s%s%s", texts[i].before, pair.chain.data, texts[i].after);
		r = certificate_pair_check(chain.data, key, &err);
		ck_assert_msg((r == 0) == !texts[i].text, "%zu: %s", i, err.text);
		if (texts[i].text)
			ck_assert_msg(strstr(err.text, texts[i].text), "%zu: %s", i, err.text);
		ck_assert_ptr_null(strstr(err.text, "c2VjcmV0"));
	}
	pair_done(&pair);
}
END_TEST

START_TEST(pair_chain_of_many_ceiling_told)
{
	struct pair pair = pair_make(0, "P-256", NULL);
	CLEANUP(buf_done) struct buf chain = { 0 };
	CLEANUP(free) char *huge = memory_new(1, 300 << 10);
	struct error err;

	for (int i = 0; i < 16; i++)
		buf_puts(&chain, pair.chain.data);
	ck_assert_int_eq(certificate_pair_check(chain.data, pair.key.data, &err), 0);
	buf_puts(&chain, pair.chain.data);
	ck_assert_int_eq(certificate_pair_check(chain.data, pair.key.data, &err), -ERROR_TOO_LARGE);
	memset(huge, 'x', (300 << 10) - 1);
	ck_assert_int_eq(certificate_pair_check(huge, pair.key.data, &err), -ERROR_TOO_LARGE);
	pair_done(&pair);
}
END_TEST

START_TEST(pair_key_encrypted_told)
{
	struct pair pair = pair_make(0, "P-256", EVP_aes_128_cbc());
	struct error err;

	ck_assert_int_eq(certificate_pair_check(pair.chain.data, pair.key.data, &err),
			 -ERROR_INVALID);
	ck_assert_ptr_nonnull(strstr(err.text, "encrypted"));
	pair_done(&pair);
}
END_TEST

SUITE(net_certificate, issue_each_use_valid_for_that_alone, issue_names_as_asked,
      issue_bad_names_refused, pair_each_kind_of_key_as_envoy_takes_it,
      pair_malformed_told_without_key_material, pair_chain_of_many_ceiling_told,
      pair_key_encrypted_told)
