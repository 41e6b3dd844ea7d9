/* SPDX-License-Identifier: Apache-2.0 */
/* What a pass says of an object. */
#include "translate/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

#define REASON_MAX 480

void report_reason(struct arena *arena, struct outcome *outcome, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!outcome->reason)
		outcome->reason = arena_strdup(arena, text);
	else if (strlen(outcome->reason) < REASON_MAX && !strstr(outcome->reason, text))
		outcome->reason = arena_printf(arena, "%s; %s", outcome->reason, text);
}

void report_need(struct arena *arena, struct outcome *outcome, enum ir_list list, const char *name)
{
	for (size_t i = 0; i < outcome->needs.count; i++)
		if (outcome->needs.items[i].list == list &&
		    str_equal(outcome->needs.items[i].name, name))
			return;
	LIST_APPEND(arena, &outcome->needs, (struct outcome_need){ .list = list, .name = name });
}

void report_address(struct arena *arena, struct outcome *outcome, const char *ip, uint16_t port,
		    const char *protocol)
{
	for (size_t i = 0; i < outcome->addresses.count; i++) {
		const struct outcome_address *have = &outcome->addresses.items[i];

		if (have->port == port && str_equal(have->ip, ip) &&
		    str_equal(have->protocol, protocol))
			return;
	}
	LIST_APPEND(arena, &outcome->addresses,
		    (struct outcome_address){ .ip = ip, .port = port, .protocol = protocol });
}

static void release(void *tree)
{
	json_decref(tree);
}

json_t *report_adopt(struct arena *arena, json_t *tree)
{
	arena_adopt(arena, tree, release);
	return tree;
}

void report_condition(json_t *conditions, const char *type, bool status, const char *reason,
		      const char *message, int64_t generation)
{
	json_t *condition =
		json_pack("{s:s, s:s, s:s, s:s}", "type", type, "status", status ? "True" : "False",
			  "reason", reason, "message", message ? message : "");

	if (generation)
		json_object_set_new(condition, "observedGeneration", json_integer(generation));
	json_array_append_new(conditions, condition);
}

json_t *report_load_balancer(const struct outcome *outcome)
{
	json_t *ports = json_array();
	json_t *list = json_array();

	for (size_t i = 0; i < outcome->addresses.count; i++) {
		const struct outcome_address *address = &outcome->addresses.items[i];
		const char *protocol = str_equal(address->protocol, "UDP") ? "UDP" : "TCP";

		json_array_append_new(ports, json_pack("{s:i, s:s}", "port", (int)address->port,
						       "protocol", protocol));
	}
	if (outcome->addresses.count)
		json_array_append_new(list,
				      json_pack("{s:s, s:O}", "ip", outcome->addresses.items[0].ip,
						"ports", ports));
	json_decref(ports);
	return json_pack("{s:o}", "ingress", list);
}
