/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests are tried again, at which endpoints. */
#include "envoy/retry_policy.h"

#include "envoy/snippet.h"

#define RETRIES 5

/* An endpoint that cannot be reached is skipped for another one; a request that one has begun to
 * work on is never repeated. */
json_t *retry_policy_describe(uint32_t try_timeout_ms)
{
	json_t *predicate = snippet_extension(
		"envoy.retry_host_predicates.previous_hosts",
		"envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
		json_object());
	json_t *json =
		json_pack("{s:s, s:i, s:[o], s:i}", "retry_on", "connect-failure,refused-stream",
			  "num_retries", RETRIES, "retry_host_predicate", predicate,
			  "host_selection_retry_max_attempts", RETRIES);

	if (try_timeout_ms)
		json_object_set_new(json, "per_try_timeout", snippet_duration(try_timeout_ms));
	return json;
}
