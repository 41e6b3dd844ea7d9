/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the scripts of tests/xds (their language is in tests/xds/README) against a node and its streams. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/str.h"
#include "tests/unit/json/cases.h"
#include "tests/unit/suite.h"
#include "xds/discovery.pb-c.h"
#include "xds/node.h"

typedef Envoy__Service__Discovery__V3__DeltaDiscoveryRequest Request;
typedef Envoy__Service__Discovery__V3__DeltaDiscoveryRequest__InitialResourceVersionsEntry Version;
typedef Envoy__Service__Discovery__V3__DeltaDiscoveryResponse Response;
typedef Envoy__Service__Discovery__V3__Resource Resource;
typedef Envoy__Service__Discovery__V3__XdsStatus Status;

static const char *const types[RESOURCE_TYPES] = { "cluster", "endpoints", "secret", "listener",
						   "routes" };

/* A line of what was seen, as the script would say it. */
struct seen {
	char *text;
	char *nonce; /* of a response that is not answered */
	enum resource_type type;
	struct seen *prev, *next;
};

struct player {
	char *name;
	struct xds_stream *stream;
	struct seen *received, *unanswered;
	unsigned room; /* responses that it takes */
	struct player *prev, *next;
};

struct script {
	const char *path;
	unsigned line;
	struct arena *arena; /* of one line */
	struct xds_node *node;
	struct player *players;
	struct seen *events;
};

/* The words of a line that are still to be read. */
struct words {
	const struct script *script;
	char *rest;
};

#define wrong(script, ...)                                                       \
	do {                                                                     \
		char *why_ = arena_printf((script)->arena, __VA_ARGS__);         \
		ck_abort_msg("%s:%u: %s", (script)->path, (script)->line, why_); \
	} while (0)

static char *next_word(struct words *words)
{
	return words->rest ? strsep(&words->rest, " ") : NULL;
}

static enum resource_type type_word(const struct script *script, const char *word)
{
	for (int type = 0; type < RESOURCE_TYPES; type++)
		if (str_equal(types[type], word))
			return (enum resource_type)type;
	wrong(script, "'%s' is no type", word ? word : "");
	return RESOURCE_TYPES;
}

static struct resource *content(enum resource_type type, const char *name, const char *text)
{
	return resource_new(type, name, text, strlen(text));
}

static void seen_free(struct seen *seen)
{
	free(seen->text);
	free(seen->nonce);
	free(seen);
}

static struct seen *seen_new(const char *text, enum resource_type type, const char *nonce)
{
	struct seen *seen = memory_new(1, sizeof(*seen));

	seen->text = memory_strdup(text);
	seen->type = type;
	seen->nonce = memory_strdup(nonce);
	return seen;
}

/* "name=content", or "name=empty" of what there is nothing of. */
static void describe_resource(struct buf *text, enum resource_type type, const Resource *resource)
{
	const ProtobufCBinaryData *value = &resource->resource->value;
	char *bytes = memory_new(value->len + 1, 1);
	struct resource *same;

	if (value->len)
		memcpy(bytes, value->data, value->len);
	same = content(type, resource->name, bytes);
	ck_assert_str_eq(resource->resource->type_url, resource_type_url(type));
	if (*resource->version) {
		ck_assert_str_eq(resource->version, same->version);
		buf_printf(text, " %s=%s", resource->name, bytes);
	} else {
		/* Field 1, the name. */
		ck_assert_int_eq(bytes[0], 0x0a);
		ck_assert_str_eq(bytes + 2, resource->name);
		buf_printf(text, " %s=empty", resource->name);
	}
	resource_unref(same);
	free(bytes);
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first word, then the others in the order of the alphabet. */
static char *sorted(struct arena *arena, const char *text)
{
	struct string_list list = { 0 };
	char *copy = arena_strdup(arena, text);
	char *word, *result;

	result = strsep(&copy, " ");
	while (copy && (word = strsep(&copy, " ")))
		if (*word)
			LIST_APPEND(arena, &list, word);
	if (list.count)
		qsort(list.items, list.count, sizeof(*list.items), compare_words);
	for (size_t i = 0; i < list.count; i++)
		result = arena_printf(arena, "%s %s", result, list.items[i]);
	return result;
}

static bool on_send(void *context, const void *bytes, size_t length)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct player *player = context;
	enum resource_type type = 0;
	Response *response;
	struct seen *seen;

	if (!player->room)
		return false;
	player->room--;
	response = envoy__service__discovery__v3__delta_discovery_response__unpack(NULL, length,
										   bytes);
	ck_assert(response != NULL);
	while (type < RESOURCE_TYPES && !str_equal(resource_type_url(type), response->type_url))
		type++;
	ck_assert(type < RESOURCE_TYPES);
	buf_puts(&text, types[type]);
	for (size_t i = 0; i < response->n_resources; i++)
		describe_resource(&text, type, response->resources[i]);
	for (size_t i = 0; i < response->n_removed_resources; i++)
		buf_printf(&text, " -%s", response->removed_resources[i]);
	seen = seen_new(buf_text(&text), type, response->nonce);
	DL_APPEND(player->received, seen);
	envoy__service__discovery__v3__delta_discovery_response__free_unpacked(response, NULL);
	return true;
}

static void on_event(void *context, enum xds_event_kind kind, enum resource_type type,
		     const char *name, const char *version, const char *message)
{
	static const char *const kinds[] = { [XDS_CONNECTED] = "connected",
					     [XDS_DISCONNECTED] = "disconnected",
					     [XDS_ACKED] = "acked",
					     [XDS_NACKED] = "nacked",
					     [XDS_REMOVED] = "removed" };
	CLEANUP(buf_done) struct buf text = { 0 };
	struct script *script = context;
	struct seen *seen;

	buf_puts(&text, kinds[kind]);
	if (kind >= XDS_ACKED)
		buf_printf(&text, " %s %s", types[type], name);
	/* The digits of a version say nothing: which content has them? */
	for (char c = '0'; *version && c <= '9'; c++) {
		struct resource *one = content(type, name, (const char[]){ c, '\0' });

		if (str_equal(one->version, version))
			buf_printf(&text, "=%c", c);
		resource_unref(one);
	}
	if (message)
		buf_printf(&text, " %s", message);
	seen = seen_new(buf_text(&text), type, NULL);
	DL_APPEND(script->events, seen);
}

static struct player *player_find(const struct script *script, const char *name)
{
	struct player *player;

	DL_FOREACH(script->players, player)
	if (str_equal(player->name, name))
		return player;
	wrong(script, "no stream '%s' is open", name ? name : "");
	return NULL;
}

static void play_open(struct script *script, const char *name)
{
	struct player *player = memory_new(1, sizeof(*player));

	player->name = memory_strdup(name);
	player->room = UINT_MAX;
	DL_APPEND(script->players, player);
	player->stream = xds_stream_open(script->node, on_send, player);
}

static void play_close(struct script *script, struct player *player)
{
	struct seen *seen, *next;

	xds_stream_close(player->stream);
	DL_DELETE(script->players, player);
	DL_FOREACH_SAFE(player->received, seen, next)
	seen_free(seen);
	DL_FOREACH_SAFE(player->unanswered, seen, next)
	seen_free(seen);
	free(player->name);
	free(player);
}

/* Through the bytes, as it comes from the wire. */
static void deliver(struct script *script, struct player *player, const Request *message)
{
	size_t size =
		envoy__service__discovery__v3__delta_discovery_request__get_packed_size(message);
	uint8_t *bytes = arena_alloc(script->arena, size + 1, 1);
	struct xds_request request;
	struct error err;

	envoy__service__discovery__v3__delta_discovery_request__pack(message, bytes);
	ck_assert_int_eq(xds_request_decode(script->arena, bytes, size, &request, &err), 0);
	ck_assert_int_eq(xds_stream_request(player->stream, &request, &err), 0);
}

static Version *version_entry(struct arena *arena, enum resource_type type, char *word)
{
	Version *entry = ARENA_NEW(arena, Version);
	struct resource *resource;
	const char *name = strsep(&word, "=");

	*entry = (Version)
		ENVOY__SERVICE__DISCOVERY__V3__DELTA_DISCOVERY_REQUEST__INITIAL_RESOURCE_VERSIONS_ENTRY__INIT;
	resource = content(type, name, word ? word : "");
	entry->key = arena_strdup(arena, name);
	entry->value =
		arena_strdup(arena, word && !str_equal(word, "empty") ? resource->version : "");
	resource_unref(resource);
	return entry;
}

static void play_request(struct script *script, struct player *player, struct words *words)
{
	Request request = ENVOY__SERVICE__DISCOVERY__V3__DELTA_DISCOVERY_REQUEST__INIT;
	struct string_list lists[2] = { 0 };
	struct {
		Version **items;
		size_t count;
	} versions = { 0 };
	enum resource_type type = RESOURCE_TYPES;
	const char *url = next_word(words), *part = "";
	char *word;

	if (!strchr(url, '.')) {
		type = type_word(script, url);
		url = resource_type_url(type);
	}
	while ((word = next_word(words))) {
		if (str_equal(word, "subscribe") || str_equal(word, "unsubscribe") ||
		    str_equal(word, "have"))
			part = word;
		else if (str_equal(part, "have"))
			LIST_APPEND(script->arena, &versions,
				    version_entry(script->arena, type, word));
		else
			LIST_APPEND(script->arena, &lists[*part == 'u'], word);
	}
	request.type_url = arena_strdup(script->arena, url);
	request.resource_names_subscribe = (char **)lists[0].items;
	request.n_resource_names_subscribe = lists[0].count;
	request.resource_names_unsubscribe = (char **)lists[1].items;
	request.n_resource_names_unsubscribe = lists[1].count;
	request.initial_resource_versions = versions.items;
	request.n_initial_resource_versions = versions.count;
	deliver(script, player, &request);
}

static void play_receive(const struct script *script, struct player *player, const char *expected)
{
	struct seen *seen = player->received;

	if (!seen)
		wrong(script, "nothing more was sent");
	if (!str_equal(sorted(script->arena, seen->text), sorted(script->arena, expected)))
		wrong(script, "'%s' was sent", seen->text);
	DL_DELETE(player->received, seen);
	DL_APPEND(player->unanswered, seen);
}

static struct seen *find_unanswered(struct player *player, enum resource_type type)
{
	struct seen *seen;

	DL_FOREACH(player->unanswered, seen)
	if (seen->type == type)
		return seen;
	return NULL;
}

/* The oldest response of the type that has no answer. */
static void play_answer(struct script *script, struct player *player, struct words *words,
			bool refused)
{
	Request request = ENVOY__SERVICE__DISCOVERY__V3__DELTA_DISCOVERY_REQUEST__INIT;
	Status status = ENVOY__SERVICE__DISCOVERY__V3__XDS_STATUS__INIT;
	enum resource_type type = type_word(script, next_word(words));
	struct seen *seen = find_unanswered(player, type);
	char *no_words = arena_strdup(script->arena, "");

	if (!seen)
		wrong(script, "every response of that type is answered");
	request.type_url = arena_strdup(script->arena, resource_type_url(type));
	request.response_nonce = seen->nonce;
	status.code = 13;
	status.message = words->rest ? words->rest : no_words;
	request.error_detail = refused ? &status : NULL;
	deliver(script, player, &request);
	DL_DELETE(player->unanswered, seen);
	seen_free(seen);
}

static void play_event(struct script *script, const char *expected)
{
	struct seen *seen = script->events;

	if (!seen)
		wrong(script, "there is no event");
	if (!str_equal(seen->text, expected))
		wrong(script, "the event is '%s'", seen->text);
	DL_DELETE(script->events, seen);
	seen_free(seen);
}

/* One batch: cluster/a=1 adds or replaces, -cluster/a removes. */
static void play_publish(struct script *script, struct words *words)
{
	char *word;

	while ((word = next_word(words))) {
		bool remove = *word == '-';
		enum resource_type type = type_word(script, strsep(&word, "/") + remove);
		const char *name = strsep(&word, "=");

		if (remove)
			xds_node_remove(script->node, type, name);
		else if (word)
			xds_node_adopt(script->node, content(type, name, word));
		else
			wrong(script, "no content");
	}
	xds_node_release(script->node);
}

static void check_quiet(const struct script *script)
{
	const struct player *player;

	if (script->events)
		wrong(script, "there is an event '%s'", script->events->text);
	DL_FOREACH(script->players, player)
	if (player->received)
		wrong(script, "%s was sent '%s'", player->name, player->received->text);
}

static void play_stream_line(struct script *script, struct player *player, struct words *words)
{
	const char *verb = next_word(words);

	if (str_equal(verb, "request"))
		play_request(script, player, words);
	else if (str_equal(verb, "receive"))
		play_receive(script, player, words->rest);
	else if (str_equal(verb, "ack") || str_equal(verb, "nack"))
		play_answer(script, player, words, *verb == 'n');
	else if (str_equal(verb, "full"))
		player->room = 0;
	else if (str_equal(verb, "room")) {
		player->room = words->rest ? (unsigned)strtoul(words->rest, NULL, 10) : UINT_MAX;
		xds_stream_flush(player->stream);
	} else
		wrong(script, "'%s' is no verb of a stream", verb ? verb : "");
}

static void play_line(struct script *script, char *line)
{
	const struct xds_node_output output = { on_event, script };
	struct words words = { script, line };
	char *verb = next_word(&words);

	if (str_equal(verb, "held")) {
		xds_node_free(script->node);
		script->node = xds_node_new(&output, true);
	} else if (str_equal(verb, "release"))
		xds_node_release(script->node);
	else if (str_equal(verb, "publish"))
		play_publish(script, &words);
	else if (str_equal(verb, "open"))
		play_open(script, next_word(&words));
	else if (str_equal(verb, "close"))
		play_close(script, player_find(script, next_word(&words)));
	else if (str_equal(verb, "event"))
		play_event(script, words.rest);
	else if (str_equal(verb, "quiet"))
		check_quiet(script);
	else
		play_stream_line(script, player_find(script, verb), &words);
}

static void play(const char *path)
{
	struct script script = { .path = path, .arena = arena_new() };
	const struct xds_node_output output = { on_event, &script };
	CLEANUP(buf_free) struct buf *text = case_read(path, ".xds");
	struct seen *seen, *next;
	char *rest = text->data, *line;

	script.node = xds_node_new(&output, false);
	while ((line = strsep(&rest, "\n"))) {
		script.line++;
		if (!*line || *line == '#')
			continue;
		play_line(&script, line);
		arena_free(script.arena);
		script.arena = arena_new();
	}
	check_quiet(&script);
	while (script.players)
		play_close(&script, script.players);
	DL_FOREACH_SAFE(script.events, seen, next)
	seen_free(seen);
	xds_node_free(script.node);
	arena_free(script.arena);
}

START_TEST(scripts_played_as_written)
{
	cases_run("xds", ".xds", play);
}
END_TEST

SUITE(xds_script, scripts_played_as_written)
