/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate authority of our own, for the way between this program and Envoy. */
#include "net/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/memory.h"
#include "net/address.h"

enum { HOUR_S = 3600, SERIAL_BYTES = 16 };

CLEANUP_DEFINE(BIO_free_all, BIO *)
CLEANUP_DEFINE(EVP_PKEY_free, EVP_PKEY *)
CLEANUP_DEFINE(X509_free, X509 *)
CLEANUP_DEFINE(GENERAL_NAMES_free, GENERAL_NAMES *)

void certificate_done(struct certificate *certificate)
{
	if (certificate->key.data)
		OPENSSL_cleanse(certificate->key.data, certificate->key.size);
	buf_done(&certificate->key);
	buf_done(&certificate->chain);
}

/* OpenSSL's builders fail for want of memory or of randomness only. */
static void built(bool result)
{
	if (!result)
		memory_exhausted();
}

static void add_extension(X509 *certificate, const X509 *issuer, int kind, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX context;

	X509V3_set_ctx(&context, (X509 *)issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
	built(extension && X509_add_ext(certificate, extension, -1));
	X509_EXTENSION_free(extension);
}

static X509 *blank(const char *name, EVP_PKEY *key, time_t now, long valid_s)
{
	CLEANUP(X509_free) X509 *certificate = X509_new();
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *number;
	X509_NAME *subject;

	built(certificate && RAND_bytes(bytes, sizeof(bytes)) == 1);
	/* Positive and never shorter (RFC 5280 §4.1.2.2). */
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	built(number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)));
	BN_free(number);
	subject = X509_get_subject_name(certificate);
	built(X509_set_version(certificate, X509_VERSION_3) && X509_set_pubkey(certificate, key) &&
	      X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name,
					 -1, -1, 0) &&
	      X509_time_adj_ex(X509_getm_notBefore(certificate), 0, -HOUR_S, &now) &&
	      X509_time_adj_ex(X509_getm_notAfter(certificate), 0, valid_s, &now));
	return take(certificate);
}

static void write_pem(X509 *certificate, EVP_PKEY *key, struct certificate *ret)
{
	CLEANUP(BIO_free_all) BIO *chain = BIO_new(BIO_s_mem());
	CLEANUP(BIO_free_all) BIO *secret = BIO_new(BIO_s_secmem());
	char *bytes;
	long length;

	*ret = (struct certificate){ 0 };
	built(chain && secret && PEM_write_bio_X509(chain, certificate) &&
	      PEM_write_bio_PKCS8PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL));
	length = BIO_get_mem_data(chain, &bytes);
	buf_add(&ret->chain, bytes, (size_t)length);
	length = BIO_get_mem_data(secret, &bytes);
	buf_add(&ret->key, bytes, (size_t)length);
}

int certificate_authority(const char *name, time_t now, long valid_s, struct certificate *ret,
			  struct error *err)
{
	CLEANUP(EVP_PKEY_free) EVP_PKEY *key = EVP_EC_gen("P-256");
	CLEANUP(X509_free) X509 *certificate = NULL;

	built(key);
	if (strlen(name) > ub_common_name)
		return error_set(err, ERROR_TOO_LARGE, "certificate: '%s' is too long a name",
				 name);
	certificate = blank(name, key, now, valid_s);
	built(X509_set_issuer_name(certificate, X509_get_subject_name(certificate)));
	add_extension(certificate, certificate, NID_basic_constraints,
		      "critical,CA:TRUE,pathlen:0");
	add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
	add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
	built(X509_sign(certificate, key, EVP_sha256()));
	write_pem(certificate, key, ret);
	return 0;
}

/* Not by text, as names of people's choice may hold what OpenSSL's own notation gives a meaning. */
static void add_name(GENERAL_NAMES *names, int type, const void *bytes, size_t length)
{
	ASN1_STRING *value =
		ASN1_STRING_type_new(type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
	GENERAL_NAME *name = GENERAL_NAME_new();

	built(value && name && ASN1_STRING_set(value, bytes, (int)length));
	GENERAL_NAME_set0_value(name, type, value);
	built(sk_GENERAL_NAME_push(names, name));
}

static bool is_ia5(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return *text != '\0';
}

static int add_texts(GENERAL_NAMES *names, int type, const char *const *texts, struct error *err)
{
	for (; texts && *texts; texts++) {
		if (!is_ia5(*texts))
			return error_set(err, ERROR_INVALID, "certificate: '%s' is no name",
					 *texts);
		add_name(names, type, *texts, strlen(*texts));
	}
	return 0;
}

static int add_addresses(GENERAL_NAMES *names, const char *const *texts, struct error *err)
{
	struct address address;

	for (; texts && *texts; texts++) {
		if (!address_parse(*texts, &address))
			return error_set(err, ERROR_INVALID, "certificate: '%s' is no address",
					 *texts);
		if (address.v6)
			add_name(names, GEN_IPADD, address.bytes, 16);
		else
			add_name(names, GEN_IPADD, address.bytes + 12, 4);
	}
	return 0;
}

static int add_names(X509 *certificate, const struct certificate_request *request,
		     struct error *err)
{
	CLEANUP(GENERAL_NAMES_free) GENERAL_NAMES *names = GENERAL_NAMES_new();
	int r;

	built(names);
	r = add_addresses(names, request->addresses, err);
	if (r == 0)
		r = add_texts(names, GEN_DNS, request->hosts, err);
	if (r == 0)
		r = add_texts(names, GEN_URI, request->uris, err);
	if (r < 0)
		return r;
	if (!sk_GENERAL_NAME_num(names))
		return error_set(err, ERROR_INVALID, "certificate '%s': has no name",
				 request->name);
	built(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT));
	return 0;
}

static int load_authority(const struct certificate *authority, X509 **ret_certificate,
			  EVP_PKEY **ret_key, struct error *err)
{
	CLEANUP(BIO_free_all)
	BIO *chain = BIO_new_mem_buf(buf_text(&authority->chain), (int)authority->chain.len);
	CLEANUP(BIO_free_all)
	BIO *secret = BIO_new_mem_buf(buf_text(&authority->key), (int)authority->key.len);

	*ret_certificate = PEM_read_bio_X509(chain, NULL, NULL, NULL);
	*ret_key = PEM_read_bio_PrivateKey(secret, NULL, NULL, (void *)"");
	if (*ret_certificate && *ret_key && X509_check_private_key(*ret_certificate, *ret_key))
		return 0;
	return error_set(err, ERROR_INVALID, "certificate authority: not one of ours");
}

int certificate_issue(const struct certificate *authority,
		      const struct certificate_request *request, struct certificate *ret,
		      struct error *err)
{
	CLEANUP(EVP_PKEY_free) EVP_PKEY *key = EVP_EC_gen("P-256"), *authority_key = NULL;
	CLEANUP(X509_free) X509 *certificate = NULL, *issuer = NULL;
	bool is_server = request->use == CERTIFICATE_SERVER;
	int r;

	built(key);
	if (strlen(request->name) > ub_common_name)
		return error_set(err, ERROR_TOO_LARGE, "certificate: '%s' is too long a name",
				 request->name);
	r = load_authority(authority, &issuer, &authority_key, err);
	if (r < 0)
		return r;
	certificate = blank(request->name, key, request->now, request->valid_s);
	built(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)));
	r = add_names(certificate, request, err);
	if (r < 0)
		return r;
	add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
	add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
	add_extension(certificate, issuer, NID_ext_key_usage,
		      is_server ? "serverAuth" : "clientAuth");
	add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
	built(X509_sign(certificate, authority_key, EVP_sha256()));
	write_pem(certificate, key, ret);
	return 0;
}
