/* SPDX-License-Identifier: Apache-2.0 */
/* Where endpoints may lie. */
#include "webhooks/endpoints.h"

#include "base/str.h"
#include "net/address.h"

void endpoint_address_check(struct admission *admission, const struct path *path,
			    const struct endpoint_address *address)
{
	struct path at = path_key(path, address->ip ? "ip" : "hostname");
	struct address parsed;
	const char *why = "";

	if (!address->ip && !address->hostname)
		return;
	if (policy_endpoint_allowed(admission->tenant, address, &why))
		return;
	problems_add(&admission->problems, "LB004",
		     address->ip && !address_parse(address->ip, &parsed) ? PROBLEM_INVALID
									 : PROBLEM_FORBIDDEN,
		     &at, address->ip ? address->ip : address->hostname, "%s", why);
}

/* The agent may send what refers before what it refers to: until then nothing answers. */
static void check_presence(struct admission *admission, const struct path *name,
			   const struct address_reference *reference)
{
	const struct inventory *inventory = admission->config->inventory;

	if (inventory && reference->name &&
	    !inventory_has(inventory, admission->namespace, KIND_ADDRESSES, reference->name))
		problems_warn(&admission->problems, name,
			      "Addresses %.63s is not there yet: pending, no endpoint until it is",
			      reference->name);
}

static void check_reference(struct admission *admission, const struct path *group,
			    const struct address_reference *reference)
{
	struct path parent = path_key(group, "addressesReference");
	struct path kind = path_key(&parent, "kind"), name = path_key(&parent, "name");
	struct path namespace = path_key(&parent, "namespace");

	if (reference->namespace && !str_equal(reference->namespace, admission->namespace))
		problems_add(&admission->problems, "LB005", PROBLEM_FORBIDDEN, &namespace,
			     reference->namespace, "must be absent or the object's own namespace");
	if (!str_is_empty(reference->kind) && !str_equal(reference->kind, "Addresses"))
		problems_add(&admission->problems, "LB005", PROBLEM_NOT_SUPPORTED, &kind,
			     reference->kind, "must be absent or \"Addresses\"");
	check_presence(admission, &name, reference);
}

static void check_port_names(struct admission *admission, const struct path *group,
			     const struct endpoints *endpoints)
{
	struct path ports = path_key(group, "ports");

	for (size_t i = 0; i < endpoints->ports.count; i++) {
		struct path item = path_index(&ports, i), name = path_key(&item, "name");
		const char *own = endpoints->ports.items[i].name;

		for (size_t j = 0; j < i && !str_is_empty(own); j++)
			if (str_equal(own, endpoints->ports.items[j].name)) {
				problems_add(&admission->problems, "LB002", PROBLEM_DUPLICATE,
					     &name, own, "port names must be unique in a group");
				break;
			}
	}
}

void endpoints_check(struct admission *admission, const struct endpoints *groups, size_t count)
{
	struct path spec = path_key(NULL, "spec");
	struct path list = path_key(&spec, "endpoints");

	for (size_t i = 0; i < count; i++) {
		const struct endpoints *group = &groups[i];
		struct path at = path_index(&list, i);
		struct path addresses = path_key(&at, "addresses");

		for (size_t j = 0; j < group->addresses.count; j++) {
			struct path item = path_index(&addresses, j);

			endpoint_address_check(admission, &item, &group->addresses.items[j]);
		}
		if (group->addresses_reference)
			check_reference(admission, &at, group->addresses_reference);
		check_port_names(admission, &at, group);
	}
}
