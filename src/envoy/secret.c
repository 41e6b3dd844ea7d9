/* SPDX-License-Identifier: Apache-2.0 */
/* An IR secret as Envoy's Secret. */
#include "envoy/secret.h"

json_t *secret_describe(const struct ir_secret *secret)
{
	return json_pack("{s:s, s:{s:{s:s}, s:{s:s}}}", "name", secret->name, "tls_certificate",
			 "certificate_chain", "inline_string", secret->certificates, "private_key",
			 "inline_string", secret->key);
}
