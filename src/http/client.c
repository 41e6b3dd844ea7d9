/* SPDX-License-Identifier: Apache-2.0 */
/* Who the other end of a TLS session is. */
#include "http/client.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

/* The leaf, its intermediates and room for one cross-signed root. */
#define CHAIN_MAX 8

struct chain {
	gnutls_x509_crt_t each[CHAIN_MAX];
	unsigned count;
};

static void chain_done_cleanup(struct chain *chain)
{
	for (unsigned i = 0; i < chain->count; i++)
		gnutls_x509_crt_deinit(chain->each[i]);
}

static bool chain_read(const gnutls_datum_t *certificates, unsigned count, struct chain *ret)
{
	for (unsigned i = 0; i < count; i++) {
		if (gnutls_x509_crt_init(&ret->each[i]) < 0)
			return false;
		ret->count++;
		if (gnutls_x509_crt_import(ret->each[i], &certificates[i], GNUTLS_X509_FMT_DER) < 0)
			return false;
	}
	return true;
}

static bool refuse(struct client *client, const char *why)
{
	snprintf(client->why, sizeof(client->why), "%s", why);
	return false;
}

static const struct {
	unsigned status;
	const char *why;
} faults[] = {
	{ GNUTLS_CERT_SIGNER_NOT_FOUND, "the certificate is of an unknown authority" },
	{ GNUTLS_CERT_EXPIRED, "the certificate has expired" },
	{ GNUTLS_CERT_NOT_ACTIVATED, "the certificate is not valid yet" },
	{ GNUTLS_CERT_PURPOSE_MISMATCH, "the certificate is not for client authentication" },
	{ GNUTLS_CERT_INSECURE_ALGORITHM, "the certificate is made with a weak algorithm" },
	{ GNUTLS_CERT_SIGNER_NOT_CA, "the certificate was issued by one that is no authority" },
};

static bool chain_verify(const struct client_ca *ca, struct chain *chain, struct client *client)
{
	gnutls_typed_vdata_st use = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
				      .data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT };
	unsigned flags = GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM);
	unsigned status = 0;

	if (gnutls_x509_trust_list_verify_crt2(ca->list, chain->each, chain->count, &use, 1, flags,
					       &status, NULL) < 0)
		return refuse(client, "the certificate cannot be verified");
	if (status == 0)
		return true;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (status & faults[i].status)
			return refuse(client, faults[i].why);
	return refuse(client, "the certificate's chain is not valid");
}

/* A NUL or another control character inside a name makes two readers see two names. */
static bool text_is_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return true;
}

static bool common_name_read(gnutls_x509_crt_t certificate, struct client *client)
{
	size_t size = sizeof(client->name);
	int r = gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
					      client->name, &size);

	if (r == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
		client->name[0] = '\0';
		return true;
	}
	/* GnuTLS writes a name that it cannot read as text, for a NUL inside, as "#" and hex. */
	if (r < 0 || size >= sizeof(client->name) || client->name[0] == '#' ||
	    !text_is_plain(client->name, size))
		return refuse(client, "the certificate's name cannot be used");
	client->name[size] = '\0';
	return true;
}

/* 1: among the DNS names there is one of the list, 0: none, below: a name that cannot be used. */
static int dns_names_match(gnutls_x509_crt_t certificate, const char *const *names)
{
	char name[CLIENT_NAME_SIZE];
	int found = 0;

	for (unsigned i = 0;; i++) {
		size_t size = sizeof(name) - 1;
		int r = gnutls_x509_crt_get_subject_alt_name(certificate, i, name, &size, NULL);

		if (r == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			return found;
		if (r == GNUTLS_SAN_DNSNAME && !text_is_plain(name, size))
			return -1;
		if (r != GNUTLS_SAN_DNSNAME)
			continue;
		name[size] = '\0';
		if (names && str_in(name, names))
			found = 1;
	}
}

static bool name_is_allowed(gnutls_x509_crt_t certificate, const char *const *names,
			    struct client *client)
{
	int found;

	if (!common_name_read(certificate, client))
		return false;
	found = dns_names_match(certificate, names);
	if (found < 0)
		return refuse(client, "the certificate's name cannot be used");
	if (names && !found && !str_in(client->name, names))
		return refuse(client, "the certificate's name is not among those allowed");
	return true;
}

void client_verify(gnutls_session_t session, const struct client_ca *ca, const char *const *names,
		   struct client *ret)
{
	CLEANUP(chain_done) struct chain chain = { 0 };
	unsigned count = 0;
	const gnutls_datum_t *certificates = gnutls_certificate_get_peers(session, &count);

	ret->standing = CLIENT_NONE;
	ret->name[0] = ret->why[0] = '\0';
	if (!certificates || count == 0)
		return;
	ret->standing = CLIENT_REFUSED;
	if (count > CHAIN_MAX)
		refuse(ret, "the certificate's chain is too long");
	else if (!chain_read(certificates, count, &chain))
		refuse(ret, "the certificate cannot be read");
	else if (chain_verify(ca, &chain, ret) && name_is_allowed(chain.each[0], names, ret))
		ret->standing = CLIENT_VERIFIED;
	if (ret->standing == CLIENT_VERIFIED)
		ret->not_after = gnutls_x509_crt_get_expiration_time(chain.each[0]);
	else
		ret->name[0] = '\0';
}
