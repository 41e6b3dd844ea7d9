/* SPDX-License-Identifier: Apache-2.0 */
/* Header modifications, as routes and weighted clusters have them. */
#include "envoy/header_changes.h"

#include <stdio.h>

#include "base/buf.h"

bool header_changes_any(const struct ir_header_changes *changes)
{
	return changes->set.count || changes->add.count || changes->remove.count;
}

/* Envoy reads %NAME% in a value as a command; a user's percent sign is only that. */
static json_t *escape_value(const char *value)
{
	CLEANUP(buf_done) struct buf text = { 0 };

	for (; *value; value++) {
		buf_putc(&text, *value);
		if (*value == '%')
			buf_putc(&text, '%');
	}
	return json_string(buf_text(&text));
}

static void append(json_t *list, const struct key_value *header, const char *action)
{
	json_t *pair =
		json_pack("{s:s, s:o}", "key", header->key, "value", escape_value(header->value));

	json_array_append_new(list,
			      json_pack("{s:o, s:s}", "header", pair, "append_action", action));
}

static void set_list(json_t *json, const char *direction, const char *suffix, json_t *list)
{
	char key[64];

	snprintf(key, sizeof(key), "%s_headers_to_%s", direction, suffix);
	if (json_array_size(list))
		json_object_set(json, key, list);
	json_decref(list);
}

void header_changes_add(json_t *json, const char *direction,
			const struct ir_header_changes *changes)
{
	json_t *added = json_array();
	json_t *removed = json_array();

	for (size_t i = 0; i < changes->set.count; i++)
		append(added, &changes->set.items[i], "OVERWRITE_IF_EXISTS_OR_ADD");
	for (size_t i = 0; i < changes->add.count; i++)
		append(added, &changes->add.items[i], "APPEND_IF_EXISTS_OR_ADD");
	for (size_t i = 0; i < changes->remove.count; i++)
		json_array_append_new(removed, json_string(changes->remove.items[i]));
	set_list(json, direction, "add", added);
	set_list(json, direction, "remove", removed);
}
