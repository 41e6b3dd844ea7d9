/* SPDX-License-Identifier: Apache-2.0 */
/* A look at the certificate and key that somebody wants Envoy to serve with. */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "base/str.h"
#include "net/certificate.h"

enum { PEM_MAX = 256 << 10, CHAIN_MAX = 16, RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192 };

CLEANUP_DEFINE(BIO_free_all, BIO *)
CLEANUP_DEFINE(EVP_PKEY_free, EVP_PKEY *)
CLEANUP_DEFINE(X509_free, X509 *)

static BIO *open_text(const char *text)
{
	BIO *bio = BIO_new_mem_buf(text, (int)strlen(text));

	if (!bio)
		memory_exhausted();
	return bio;
}

/* The leaf comes first; of the others it counts that they can be read. */
static int read_chain(const char *text, X509 **ret_leaf, struct error *err)
{
	CLEANUP(BIO_free_all) BIO *bio = open_text(text);
	CLEANUP(X509_free) X509 *leaf = PEM_read_bio_X509(bio, NULL, NULL, (void *)"");
	X509 *next;
	int count = 1;

	if (!leaf)
		return error_set(err, ERROR_INVALID, "holds no PEM certificate that can be read");
	while ((next = PEM_read_bio_X509(bio, NULL, NULL, (void *)""))) {
		X509_free(next);
		if (++count > CHAIN_MAX)
			return error_set(err, ERROR_TOO_LARGE, "holds more than %d certificates",
					 CHAIN_MAX);
	}
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return error_set(err, ERROR_INVALID, "certificate %d cannot be read", count + 1);
	*ret_leaf = take(leaf);
	return 0;
}

static int no_pass_phrase(char *text, int size, int is_writing, void *context)
{
	(void)text;
	(void)size;
	(void)is_writing;
	*(bool *)context = true;
	return -1;
}

static int read_key(const char *text, EVP_PKEY **ret, struct error *err)
{
	CLEANUP(BIO_free_all) BIO *bio = open_text(text);
	bool is_encrypted = false;

	*ret = PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, &is_encrypted);
	if (*ret)
		return 0;
	if (is_encrypted)
		return error_set(
			err, ERROR_INVALID,
			"the private key is encrypted: it must come without a pass phrase");
	return error_set(err, ERROR_INVALID, "the private key cannot be read as PEM");
}

/* What BoringSSL serves with. */
static int check_kind(const EVP_PKEY *key, struct error *err)
{
	static const char *const curves[] = { "prime256v1", "secp384r1", "secp521r1", NULL };
	int bits = EVP_PKEY_get_bits(key);
	char curve[64];

	if (EVP_PKEY_is_a(key, "RSA")) {
		if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
			return error_set(err, ERROR_INVALID,
					 "the RSA key has %d bits: must be %d to %d", bits,
					 RSA_BITS_MIN, RSA_BITS_MAX);
		return 0;
	}
	if (EVP_PKEY_is_a(key, "EC") &&
	    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof(curve),
					   NULL) &&
	    str_in(curve, curves))
		return 0;
	return error_set(err, ERROR_INVALID,
			 "the key must be RSA, or ECDSA on P-256, P-384 or P-521");
}

static int check_pair(const char *certificates, const char *key, struct error *err)
{
	CLEANUP(EVP_PKEY_free) EVP_PKEY *private = NULL;
	CLEANUP(X509_free) X509 *leaf = NULL;
	int r;

	r = read_chain(certificates, &leaf, err);
	if (r < 0)
		return error_prefix(err, "the certificate");
	r = read_key(key, &private, err);
	if (r < 0)
		return r;
	r = check_kind(private, err);
	if (r < 0)
		return r;
	if (X509_check_private_key(leaf, private) != 1)
		return error_set(err, ERROR_INVALID,
				 "the private key does not belong to the first certificate");
	return 0;
}

int certificate_pair_check(const char *certificates, const char *key, struct error *err)
{
	int r;

	if (strlen(certificates) > PEM_MAX || strlen(key) > PEM_MAX)
		return error_set(err, ERROR_TOO_LARGE, "more than %d bytes of PEM", PEM_MAX);
	ERR_clear_error();
	r = check_pair(certificates, key, err);
	/* What OpenSSL noted meanwhile must not turn up in somebody's TLS error. */
	ERR_clear_error();
	return r;
}
