/* SPDX-License-Identifier: Apache-2.0 */
/* Who the other end of a TLS session is: its certificate, verified by us, because libmicrohttpd asks
 * for one and then takes any. */
#pragma once

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "http/credentials.h"

#define CLIENT_NAME_SIZE 256

enum client_standing { CLIENT_NONE, CLIENT_REFUSED, CLIENT_VERIFIED };

struct client {
	enum client_standing standing;
	char name[CLIENT_NAME_SIZE]; /* the common name; "" unless verified */
	char why[160];		     /* it was refused; never text of the client's */
	int64_t not_after;	     /* of its certificate */
	unsigned generation;	     /* of the client CA that it was held against */
};

/* Holds the session's certificates against the CA: chain, validity now, use for client
 * authentication, and, where names is not NULL, a common or DNS name that is in it. */
void client_verify(gnutls_session_t session, const struct client_ca *ca, const char *const *names,
		   struct client *ret);
