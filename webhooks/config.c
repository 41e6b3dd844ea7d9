/* SPDX-License-Identifier: Apache-2.0 */
/* Config: one object, and a topology that running proxies can follow. */
#include "api/config.h"

#include "base/str.h"
#include "webhooks/kinds.h"
#include "webhooks/settings.h"

static const char *topology(const char *text)
{
	return text ? text : "shared";
}

static void check_topology(struct admission *admission, const char *now)
{
	const char *before =
		json_text(json_at(admission->old_object, "spec", "envoyProxy", NULL), "topology");
	struct path spec = path_key(NULL, "spec"), parent = path_key(&spec, "envoyProxy");
	struct path path = path_key(&parent, "topology");

	if (!admission->old_object || str_equal(topology(now), topology(before)) ||
	    str_equal(topology(now), "shared"))
		return;
	problems_add(&admission->problems, "TN001", PROBLEM_INVALID, &path, now,
		     "is %s; may change to shared only", topology(before));
}

void config_validate(struct admission *admission)
{
	const struct config *config = admission->decoded;
	struct path metadata = path_key(NULL, "metadata"), path = path_key(&metadata, "name");

	if (config->header.metadata.name && !str_equal(config->header.metadata.name, CONFIG_NAME))
		problems_add(&admission->problems, "TN001", PROBLEM_NOT_SUPPORTED, &path,
			     config->header.metadata.name, "must be \"" CONFIG_NAME "\"");
	check_topology(admission, config->settings.envoy_proxy.topology);
	settings_check(admission, &config->settings);
}
