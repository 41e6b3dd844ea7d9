/* SPDX-License-Identifier: Apache-2.0 */
/* X.509: an authority of our own for the way to Envoy, and a look at the pairs that tenants bring. */
#pragma once

#include <time.h>

#include "base/buf.h"
#include "base/error.h"

/* A certificate and its private key on the curve P-256, as PEM. */
struct certificate {
	struct buf chain;
	struct buf key;
};
/* Wipes the key, too. */
void certificate_done(struct certificate *certificate);
static inline void certificate_done_cleanup(struct certificate *certificate)
{
	certificate_done(certificate);
}

enum certificate_use { CERTIFICATE_SERVER, CERTIFICATE_CLIENT };

struct certificate_request {
	const char *name; /* common name, for people */
	enum certificate_use use;
	/* Alternative names, each list ends with NULL and may be NULL itself. At least one name. */
	const char *const *addresses;
	const char *const *hosts;
	const char *const *uris;
	/* Seconds since the epoch: from an hour before it (clocks differ) for valid_s seconds. */
	time_t now;
	long valid_s;
};

/* An authority that signs itself. On success *ret is the caller's, for certificate_done(). */
int certificate_authority(const char *name, time_t now, long valid_s, struct certificate *ret,
			  struct error *err);
/* A certificate signed by an authority that certificate_authority() made. */
int certificate_issue(const struct certificate *authority,
		      const struct certificate_request *request, struct certificate *ret,
		      struct error *err);

/* Do chain and key, both PEM, belong together, and would Envoy take them: RSA of 2048 to 8192 bits,
 * P-256, P-384 or P-521? Expired is fine. ERROR_INVALID, ERROR_TOO_LARGE; the text goes to tenants
 * and never holds key material. */
int certificate_pair_check(const char *certificates, const char *key, struct error *err);
