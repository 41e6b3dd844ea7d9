/* SPDX-License-Identifier: Apache-2.0 */
/* What the server shows and whom it trusts. */
#include "http/credentials.h"

#include "base/memory.h"

static int gnutls_error(struct error *err, int code, const char *what)
{
	return error_set(err, ERROR_INVALID, "%s: %s", what, gnutls_strerror(code));
}

static gnutls_datum_t datum(const struct buf *buf)
{
	return (gnutls_datum_t){ .data = (unsigned char *)buf->data, .size = (unsigned)buf->len };
}

struct certificate_list {
	gnutls_x509_crt_t *each;
	unsigned count;
};

static void certificate_list_done_cleanup(struct certificate_list *list)
{
	for (unsigned i = 0; i < list->count; i++)
		gnutls_x509_crt_deinit(list->each[i]);
	gnutls_free(list->each);
}

static int certificate_list_parse(const struct buf *pem, struct certificate_list *ret,
				  struct error *err)
{
	gnutls_datum_t text = datum(pem);
	int r = gnutls_x509_crt_list_import2(&ret->each, &ret->count, &text, GNUTLS_X509_FMT_PEM,
					     0);

	if (r >= 0 && ret->count > 0)
		return 0;
	*ret = (struct certificate_list){ 0 };
	return gnutls_error(err, r < 0 ? r : GNUTLS_E_NO_CERTIFICATE_FOUND, "no certificates");
}

static int validity_check(gnutls_x509_crt_t certificate, time_t now, struct error *err)
{
	if (gnutls_x509_crt_get_expiration_time(certificate) < now)
		return error_set(err, ERROR_INVALID, "the certificate has expired");
	if (gnutls_x509_crt_get_activation_time(certificate) > now)
		return error_set(err, ERROR_INVALID, "the certificate is not valid yet");
	return 0;
}

int key_pair_new(const struct buf *certificate, const struct buf *key, time_t now,
		 struct key_pair **ret, struct error *err)
{
	CLEANUP(certificate_list_done) struct certificate_list chain = { 0 };
	CLEANUP(key_pair_unref) struct key_pair *pair = memory_new(1, sizeof(*pair));
	gnutls_datum_t chain_text = datum(certificate), key_text = datum(key);
	int r;

	atomic_init(&pair->refs, 1);
	if (certificate_list_parse(certificate, &chain, err) < 0)
		return -ERROR_INVALID;
	if (validity_check(chain.each[0], now, err) < 0)
		return -ERROR_INVALID;
	pair->not_after = gnutls_x509_crt_get_expiration_time(chain.each[0]);
	if (gnutls_certificate_allocate_credentials(&pair->credentials) < 0)
		memory_exhausted();
	r = gnutls_certificate_set_x509_key_mem2(pair->credentials, &chain_text, &key_text,
						 GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN);
	if (r < 0)
		return gnutls_error(err, r, "the pair does not serve");
	*ret = take(pair);
	return 0;
}

struct key_pair *key_pair_ref(struct key_pair *pair)
{
	atomic_fetch_add(&pair->refs, 1);
	return pair;
}

void key_pair_unref(struct key_pair *pair)
{
	if (!pair || atomic_fetch_sub(&pair->refs, 1) != 1)
		return;
	if (pair->credentials)
		gnutls_certificate_free_credentials(pair->credentials);
	free(pair);
}

/* The latest end among those that are valid now; 0: there is none. */
static int64_t list_not_after(const struct certificate_list *list, time_t now)
{
	int64_t latest = 0;

	for (unsigned i = 0; i < list->count; i++) {
		int64_t end = gnutls_x509_crt_get_expiration_time(list->each[i]);

		if (validity_check(list->each[i], now, NULL) == 0 && end > latest)
			latest = end;
	}
	return latest;
}

int client_ca_new(const struct buf *pem, time_t now, struct client_ca **ret, struct error *err)
{
	CLEANUP(certificate_list_done) struct certificate_list list = { 0 };
	CLEANUP(client_ca_unref) struct client_ca *ca = memory_new(1, sizeof(*ca));
	int r;

	atomic_init(&ca->refs, 1);
	if (certificate_list_parse(pem, &list, err) < 0)
		return -ERROR_INVALID;
	ca->not_after = list_not_after(&list, now);
	if (ca->not_after == 0)
		return error_set(err, ERROR_INVALID, "no certificate in it is valid now");
	if (gnutls_x509_trust_list_init(&ca->list, 0) < 0)
		memory_exhausted();
	r = gnutls_x509_trust_list_add_cas(ca->list, list.each, list.count, 0);
	/* The trust list owns the certificates from here on, but not the array. */
	list.count = 0;
	if (r < 0)
		return gnutls_error(err, r, "not a list of authorities");
	*ret = take(ca);
	return 0;
}

struct client_ca *client_ca_ref(struct client_ca *ca)
{
	atomic_fetch_add(&ca->refs, 1);
	return ca;
}

void client_ca_unref(struct client_ca *ca)
{
	if (!ca || atomic_fetch_sub(&ca->refs, 1) != 1)
		return;
	if (ca->list)
		gnutls_x509_trust_list_deinit(ca->list, 1);
	free(ca);
}
