/* SPDX-License-Identifier: Apache-2.0 */
/* One xDS stream as a state machine. */
#include "xds/delta.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>
#include <utlist.h>

#include "base/memory.h"
#include "base/str.h"
#include "xds/response.h"

/* Versions that no resource has: of an Envoy that was told of nothing, and of one that was sent the
 * next version before it answered. */
#define NOTHING ""
#define UNKNOWN "?"
#define VERSION_SIZE 17
/* Bytes of the names that a stream may hold: an Envoy with 100,000 resources has some 5 MB. */
#define NAMES_MAX ((size_t)64 << 20)

/* The order in which what is due goes out. */
enum queue { QUEUE_ADD, QUEUE_REMOVE, QUEUES };

/* What this stream knows of one name. */
struct sub {
	char *name;
	enum resource_type type;
	char held[VERSION_SIZE];    /* by Envoy's word */
	char sent[VERSION_SIZE];    /* in flight while nonce is not 0 */
	uint64_t nonce;		    /* of the last response with it that is unanswered */
	char refused[VERSION_SIZE]; /* not to be sent again */
	bool forced;		    /* to be sent though Envoy holds it */
	bool asked;		    /* to be answered though there is nothing */
	int queue;		    /* where it waits, -1: nowhere */
	struct sub *prev, *next;    /* of the queue */
	UT_hash_handle hh;
};

/* A response that Envoy has yet to answer: about one name, or the first answer to a wildcard. */
struct flight {
	uint64_t nonce;
	enum resource_type type;
	char *name; /* NULL: all subs of the type with this nonce */
	UT_hash_handle hh;
};

struct stream_type {
	struct sub *subs;
	struct sub *queues[QUEUES];
	bool wildcard; /* asked for all */
	bool answered; /* its first answer went out, if it asked for all */
	bool settled;  /* and Envoy said what it thinks of it */
	bool started;  /* its first request came */
};

struct delta {
	const struct xds_cache *cache;
	struct delta_output output;
	uint64_t nonce;
	struct stream_type types[RESOURCE_TYPES];
	struct flight *flights;
	size_t name_bytes;
	bool resumed;
};

static bool is_wildcard_type(enum resource_type type)
{
	return type == RESOURCE_CLUSTER || type == RESOURCE_LISTENER;
}

struct delta *delta_new(const struct xds_cache *cache, const struct delta_output *output)
{
	struct delta *delta = memory_new(1, sizeof(*delta));

	delta->cache = cache;
	delta->output = *output;
	return delta;
}

static void queue_leave(struct delta *delta, struct sub *sub)
{
	if (sub->queue < 0)
		return;
	DL_DELETE(delta->types[sub->type].queues[sub->queue], sub);
	sub->queue = -1;
}

static void queue_join(struct delta *delta, struct sub *sub, enum queue queue)
{
	queue_leave(delta, sub);
	sub->queue = (int)queue;
	DL_APPEND(delta->types[sub->type].queues[queue], sub);
}

static void flight_free(struct delta *delta, struct flight *flight)
{
	HASH_DEL(delta->flights, flight);
	free(flight->name);
	free(flight);
}

/* Nobody waits for the answer to what was last sent of it. */
static void sub_forget_flight(struct delta *delta, const struct sub *sub)
{
	struct flight *flight;

	HASH_FIND(hh, delta->flights, &sub->nonce, sizeof(sub->nonce), flight);
	if (flight && flight->name)
		flight_free(delta, flight);
}

static void sub_free(struct delta *delta, struct sub *sub)
{
	queue_leave(delta, sub);
	sub_forget_flight(delta, sub);
	delta->name_bytes -= strlen(sub->name);
	HASH_DEL(delta->types[sub->type].subs, sub);
	free(sub->name);
	free(sub);
}

void delta_free(struct delta *delta)
{
	struct flight *flight, *next_flight;
	struct sub *sub, *next;

	if (!delta)
		return;
	for (int type = 0; type < RESOURCE_TYPES; type++)
		HASH_ITER(hh, delta->types[type].subs, sub, next)
			sub_free(delta, sub);
	HASH_ITER(hh, delta->flights, flight, next_flight)
		flight_free(delta, flight);
	free(delta);
}

static struct sub *sub_find(const struct delta *delta, enum resource_type type, const char *name)
{
	struct sub *sub;

	HASH_FIND_STR(delta->types[type].subs, name, sub);
	return sub;
}

static struct sub *sub_get(struct delta *delta, enum resource_type type, const char *name)
{
	struct sub *sub = sub_find(delta, type, name);

	if (sub)
		return sub;
	sub = memory_new(1, sizeof(*sub));
	sub->name = memory_strdup(name);
	sub->type = type;
	sub->queue = -1;
	delta->name_bytes += strlen(name);
	HASH_ADD_KEYPTR(hh, delta->types[type].subs, sub->name, strlen(sub->name), sub);
	return sub;
}

static const char *cache_version(const struct delta *delta, enum resource_type type,
				 const char *name)
{
	const struct resource *resource = xds_cache_get(delta->cache, type, name);

	return resource ? resource->version : NOTHING;
}

/* What Envoy will hold once it has answered all that was sent. */
static const char *coming_version(const struct sub *sub)
{
	return sub->nonce ? sub->sent : sub->held;
}

/* Puts the name where it has to wait, or nowhere. */
static void sub_schedule(struct delta *delta, struct sub *sub)
{
	const char *version = cache_version(delta, sub->type, sub->name);
	bool wildcard = is_wildcard_type(sub->type);
	bool differs = sub->forced || !str_equal(version, coming_version(sub));

	if (wildcard && !delta->types[sub->type].wildcard)
		return;
	if (*version ? differs && !str_equal(version, sub->refused) : sub->asked)
		queue_join(delta, sub, QUEUE_ADD);
	else if (!*version && wildcard && differs)
		queue_join(delta, sub, QUEUE_REMOVE);
	else
		queue_leave(delta, sub);
}

void delta_changed(struct delta *delta, enum resource_type type, const char *name)
{
	struct sub *sub = sub_find(delta, type, name);

	if (!sub && is_wildcard_type(type) && delta->types[type].wildcard &&
	    *cache_version(delta, type, name))
		sub = sub_get(delta, type, name);
	if (!sub)
		return;
	*sub->refused = '\0';
	sub_schedule(delta, sub);
}

bool delta_is_resumed(const struct delta *delta)
{
	return delta->resumed;
}

bool delta_has(const struct delta *delta, enum resource_type type, const char *name)
{
	const char *version = cache_version(delta, type, name);
	const struct sub *sub = sub_find(delta, type, name);

	/* What is asked for by name is not taken away: Envoy drops it with its last user. */
	if (!*version && !is_wildcard_type(type))
		return true;
	if (!sub)
		return !*version;
	return !sub->nonce && !sub->forced && str_equal(sub->held, version);
}

static void copy_version(char to[VERSION_SIZE], const char *from)
{
	snprintf(to, VERSION_SIZE, "%s", from);
}

static void want_resource(void *context, const struct resource *resource)
{
	struct delta *delta = context;

	sub_schedule(delta, sub_get(delta, resource->type, resource->name));
}

/* Everything of the type, and what Envoy still holds of an earlier stream. */
static void subscribe_all(struct delta *delta, enum resource_type type)
{
	struct sub *sub, *next;

	delta->types[type].wildcard = true;
	xds_cache_visit(delta->cache, type, want_resource, delta);
	HASH_ITER(hh, delta->types[type].subs, sub, next)
		sub_schedule(delta, sub);
}

/* A name asked for is answered, also with nothing, unless the answer is under way or there already.
 * What Envoy holds from an earlier stream stays until what uses it is gone. */
static void subscribe(struct delta *delta, enum resource_type type, const char *name)
{
	struct sub *sub = sub_get(delta, type, name);

	sub->asked = !sub->nonce && !*sub->held;
	sub_schedule(delta, sub);
}

static void unsubscribe(struct delta *delta, enum resource_type type, const char *name)
{
	struct sub *sub = sub_find(delta, type, name);

	if (sub && !is_wildcard_type(type))
		sub_free(delta, sub);
}

static bool type_of_url(const char *url, enum resource_type *ret)
{
	for (int type = 0; type < RESOURCE_TYPES; type++) {
		if (!str_equal(url, resource_type_url((enum resource_type)type)))
			continue;
		*ret = (enum resource_type)type;
		return true;
	}
	return false;
}

/* Of what is listed in full, a name that neither side has needs no memory. */
static void sub_settle(struct delta *delta, struct sub *sub)
{
	sub_schedule(delta, sub);
	if (is_wildcard_type(sub->type) && sub->queue < 0 && !*sub->held &&
	    !*cache_version(delta, sub->type, sub->name))
		sub_free(delta, sub);
}

static void sub_acked(struct delta *delta, struct sub *sub)
{
	CLEANUP(free) char *name = memory_strdup(sub->name);
	enum resource_type type = sub->type;

	sub->nonce = 0;
	copy_version(sub->held, sub->sent);
	sub_settle(delta, sub);
	if (delta_has(delta, type, name))
		delta->output.settled(delta->output.context, type, name);
}

static void sub_refused(struct delta *delta, struct sub *sub, const char *message)
{
	sub->nonce = 0;
	copy_version(sub->refused, sub->sent);
	/* What it held before stays in force there. The cache goes back to it too. */
	delta->output.refused(delta->output.context, sub->type, sub->name, sub->refused, message);
	sub_settle(delta, sub);
}

/* One of the bulk is bad and nobody says which: each is sent again by itself. Envoy may run some of them
 * without saying so after a reconnect, so that what is gone meanwhile is removed by name. */
static void bulk_refused(struct delta *delta, const struct flight *flight)
{
	struct sub *sub, *next;

	HASH_ITER(hh, delta->types[flight->type].subs, sub, next) {
		if (sub->nonce != flight->nonce)
			continue;
		sub->nonce = 0;
		sub->forced = true;
		sub_schedule(delta, sub);
	}
}

static void bulk_acked(struct delta *delta, const struct flight *flight)
{
	struct sub *sub, *next;

	HASH_ITER(hh, delta->types[flight->type].subs, sub, next)
		if (sub->nonce == flight->nonce)
			sub_acked(delta, sub);
}

static void answer(struct delta *delta, const struct xds_request *request)
{
	uint64_t nonce = strtoull(request->nonce, NULL, 10);
	struct flight *flight;
	struct sub *sub;

	HASH_FIND(hh, delta->flights, &nonce, sizeof(nonce), flight);
	if (!flight)
		return;
	delta->types[flight->type].settled |= !flight->name;
	if (flight->name) {
		sub = sub_find(delta, flight->type, flight->name);
		/* Nothing that we could send again would change the refusal of a removal. */
		if (sub && sub->nonce == nonce && request->refused && *sub->sent)
			sub_refused(delta, sub, request->message);
		else if (sub && sub->nonce == nonce)
			sub_acked(delta, sub);
	} else if (request->refused) {
		bulk_refused(delta, flight);
	} else {
		bulk_acked(delta, flight);
	}
	flight_free(delta, flight);
}

/* What Envoy holds from before the connection broke. */
static void resume(struct delta *delta, enum resource_type type, const struct string_map *versions)
{
	for (size_t i = 0; i < versions->count; i++) {
		struct sub *sub = sub_get(delta, type, versions->items[i].key);

		copy_version(sub->held, versions->items[i].value);
		/* An Envoy that was told of nothing holds something else than one that is new. */
		if (!*sub->held)
			copy_version(sub->held, UNKNOWN);
		delta->resumed = true;
	}
}

static void settle_resumed(struct delta *delta, enum resource_type type,
			   const struct string_map *versions)
{
	for (size_t i = 0; i < versions->count; i++)
		if (delta_has(delta, type, versions->items[i].key))
			delta->output.settled(delta->output.context, type, versions->items[i].key);
}

static bool fits(const struct delta *delta, const struct xds_request *request)
{
	size_t size = delta->name_bytes;

	for (size_t i = 0; i < request->subscribe.count; i++)
		size += strlen(request->subscribe.items[i]) + 1;
	for (size_t i = 0; i < request->versions.count; i++)
		size += strlen(request->versions.items[i].key) + 1;
	return size <= NAMES_MAX;
}

int delta_request(struct delta *delta, const struct xds_request *request, struct error *err)
{
	enum resource_type type;
	bool first;

	if (!type_of_url(request->type_url, &type))
		return 0;
	if (!fits(delta, request))
		return error_set(err, ERROR_TOO_LARGE, "more than %zu bytes of names", NAMES_MAX);
	first = !delta->types[type].started;
	delta->types[type].started = true;
	if (first)
		resume(delta, type, &request->versions);
	if (*request->nonce)
		answer(delta, request);
	for (size_t i = 0; i < request->unsubscribe.count; i++)
		unsubscribe(delta, type, request->unsubscribe.items[i]);
	for (size_t i = 0; i < request->subscribe.count; i++)
		if (!str_equal(request->subscribe.items[i], "*"))
			subscribe(delta, type, request->subscribe.items[i]);
	if (is_wildcard_type(type) && first)
		subscribe_all(delta, type);
	if (first)
		settle_resumed(delta, type, &request->versions);
	return 0;
}

static struct flight *flight_new(struct delta *delta, enum resource_type type, const char *name)
{
	struct flight *flight = memory_new(1, sizeof(*flight));

	flight->nonce = ++delta->nonce;
	flight->type = type;
	flight->name = memory_strdup(name);
	HASH_ADD(hh, delta->flights, nonce, sizeof(flight->nonce), flight);
	return flight;
}

/* A changed cluster warms until its endpoints come after it, the same ones too. */
static void force_endpoints(struct delta *delta, const char *cluster)
{
	struct sub *sub = sub_find(delta, RESOURCE_ENDPOINTS, cluster);

	if (!sub && *cache_version(delta, RESOURCE_ENDPOINTS, cluster))
		sub = sub_get(delta, RESOURCE_ENDPOINTS, cluster);
	if (!sub)
		return;
	sub->forced = sub->asked = true;
	queue_join(delta, sub, QUEUE_ADD);
}

static void put_name(const struct delta *delta, const struct sub *sub, struct buf *buf)
{
	const struct resource *resource = xds_cache_get(delta->cache, sub->type, sub->name);

	if (resource)
		response_add(buf, resource);
	else if (sub->type == RESOURCE_ENDPOINTS || sub->type == RESOURCE_ROUTES)
		response_add_empty(buf, sub->type, sub->name);
	else
		response_remove(buf, sub->name);
}

/* It went out with this nonce. */
static void sub_sent(struct delta *delta, struct sub *sub, uint64_t nonce)
{
	if (sub->nonce) {
		copy_version(sub->held, UNKNOWN);
		sub_forget_flight(delta, sub);
	}
	copy_version(sub->sent, cache_version(delta, sub->type, sub->name));
	sub->nonce = nonce;
	sub->forced = sub->asked = false;
	queue_leave(delta, sub);
}

static void begin(struct delta *delta, enum resource_type type, struct buf *buf)
{
	char nonce[24];

	snprintf(nonce, sizeof(nonce), "%" PRIu64, delta->nonce + 1);
	response_begin(buf, type, nonce);
}

static bool output_send(struct delta *delta, const struct buf *buf)
{
	return delta->output.send(delta->output.send_context, buf->data, buf->len);
}

/* One name to a response. False: the output takes no more. */
static bool send_one(struct delta *delta, struct sub *sub)
{
	CLEANUP(buf_done) struct buf buf = { 0 };

	begin(delta, sub->type, &buf);
	put_name(delta, sub, &buf);
	if (!output_send(delta, &buf))
		return false;
	sub_sent(delta, sub, flight_new(delta, sub->type, sub->name)->nonce);
	if (sub->type == RESOURCE_CLUSTER && *sub->sent)
		force_endpoints(delta, sub->name);
	return true;
}

/* The first answer to a wildcard, in one response: Envoy asks for the endpoints of all its clusters in
 * one request then. Sent also when there is nothing, or Envoy would wait for it. */
static bool send_first(struct delta *delta, enum resource_type type)
{
	CLEANUP(buf_done) struct buf buf = { 0 };
	struct stream_type *stream = &delta->types[type];
	const struct flight *flight;
	struct sub *sub;

	begin(delta, type, &buf);
	DL_FOREACH(stream->queues[QUEUE_ADD], sub)
	put_name(delta, sub, &buf);
	if (!output_send(delta, &buf))
		return false;
	stream->answered = true;
	flight = flight_new(delta, type, NULL);
	while ((sub = stream->queues[QUEUE_ADD])) {
		sub_sent(delta, sub, flight->nonce);
		/* A new Envoy asks for the endpoints before it asks for anything else. One that comes
		 * back is about to be sent routes that need them. */
		if (type == RESOURCE_CLUSTER && delta->resumed)
			force_endpoints(delta, sub->name);
	}
	return true;
}

static bool flush_queue(struct delta *delta, enum resource_type type, enum queue queue)
{
	struct stream_type *stream = &delta->types[type];

	if (is_wildcard_type(type) && !stream->wildcard)
		return true;
	if (is_wildcard_type(type) && !stream->answered)
		return send_first(delta, type);
	/* An Envoy that comes back asks for clusters first: its routes may still name one that is gone,
	 * until it has answered the listeners, before which it asks for the routes. */
	if (type == RESOURCE_CLUSTER && queue == QUEUE_REMOVE &&
	    !delta->types[RESOURCE_LISTENER].settled)
		return true;
	while (stream->queues[queue])
		if (!send_one(delta, stream->queues[queue]))
			return false;
	return true;
}

void delta_flush(struct delta *delta)
{
	static const struct {
		enum resource_type type;
		enum queue queue;
	} order[] = {
		{ RESOURCE_CLUSTER, QUEUE_ADD },    { RESOURCE_ENDPOINTS, QUEUE_ADD },
		{ RESOURCE_SECRET, QUEUE_ADD },	    { RESOURCE_LISTENER, QUEUE_ADD },
		{ RESOURCE_ROUTES, QUEUE_ADD },	    { RESOURCE_LISTENER, QUEUE_REMOVE },
		{ RESOURCE_CLUSTER, QUEUE_REMOVE },
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (!flush_queue(delta, order[i].type, order[i].queue))
			return;
}
