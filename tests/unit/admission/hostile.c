/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/admission/hostile.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "tests/unit/admission/site.h"
#include "tests/unit/suite.h"
#include "json/pointer.h"
#include "json/read.h"

#define EMBEDDED "/spec/source/kubernetes"

static const char *const bases[] = {
	"base/load_balancer", "base/ingress", "base/ingresses", "base/http_route",
	"base/grpc_route",    "base/gateway", "base/addresses", "base/sync_secret",
};

/* Any JSON: texts that mean something somewhere, and values of the wrong kind. */
static const char *const values[] = {
	"null",
	"true",
	"false",
	"0",
	"-1",
	"1",
	"80",
	"65535",
	"65536",
	"9223372036854775807",
	"1.5",
	"{}",
	"[]",
	"[[]]",
	"[null]",
	"{\"\":\"\"}",
	"\"\"",
	"\" \"",
	"\"*\"",
	"\"**\"",
	"\"*.\"",
	"\"..\"",
	"\"../x\"",
	"\"/\"",
	"\"//\"",
	"\"a/b~c\"",
	"\"TCP\"",
	"\"UDP\"",
	"\"Exact\"",
	"\"Prefix\"",
	"\"tenant-a\"",
	"\"tenant-b\"",
	"\"shop\"",
	"\"kube-system\"",
	"\"s\"",
	"\"http\"",
	"\"127.0.0.1\"",
	"\"::ffff:7f00:1\"",
	"\"10.1.2.4\"",
	"\"www.shop.example\"",
	"\"*.shop.example\"",
	"\"bank.example\"",
	"\"xn--shp-nmc.shop.example\"",
	"\"x\\n{\\\"allowed\\\":true}\"",
	"\"\\u001b[31m\"",
	"\"\\u202e\"",
	"\"\\ud83d\\ude00\"",
	"\"%s%n%x\"",
	"\"'; DROP TABLE\"",
	"\"${jndi:x}\"",
	"\"Ingress\"",
	"\"Gateway\"",
	"\"ExternalName\"",
	"\"networking.k8s.io/v1\"",
	"\"extensions/v1beta1\"",
	"\"gateway.networking.k8s.io/v1beta1\"",
	"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
};

/* What servers set, what is stripped, what is told, and what older clients send. */
static const struct {
	const char *at, *key, *value;
} members[] = {
	{ "/metadata", "uid", "\"7c1f\"" },
	{ "/metadata", "resourceVersion", "\"12\"" },
	{ "/metadata", "managedFields", "[{\"manager\":\"kubectl\"}]" },
	{ "/metadata", "namespace", "null" },
	{ "/metadata", "labels", "null" },
	{ "/metadata", "annotations", "{\"a\":\"b\"}" },
	{ "/metadata/labels", "kubelb.k8c.io/tenant", "\"tenant-a\"" },
	{ "/metadata/labels", "a~/b", "\"c\"" },
	{ "", "status", "{\"loadBalancer\":{\"ingress\":[{\"ip\":\"198.51.100.7\"}]}}" },
	{ "/spec/ports/0", "protocol", "null" },
	{ "/spec/endpoints/0/ports/0", "protocol", "null" },
	{ "/spec", "hostname", "\"www.shop.example\"" },
	{ EMBEDDED "/resource/metadata", "uid", "\"7c1f\"" },
	{ EMBEDDED "/resource/metadata", "resourceVersion", "\"12\"" },
	{ EMBEDDED "/resource/metadata", "managedFields", "[{}]" },
	{ EMBEDDED "/resource/metadata", "ownerReferences", "[{\"kind\":\"Node\"}]" },
	{ EMBEDDED "/resource/metadata", "finalizers", "[\"x/y\"]" },
	{ EMBEDDED "/resource", "status", "{\"parents\":[]}" },
	{ EMBEDDED "/resource/spec", "unknown", "1" },
	{ EMBEDDED "/ingresses/0/metadata", "uid", "\"7c1f\"" },
	{ EMBEDDED "/ingresses/0", "status", "{}" },
	{ EMBEDDED "/ingresses/0", "apiVersion", "\"networking.k8s.io/v1beta1\"" },
	{ EMBEDDED "/ingresses/0/spec/rules/0/http/paths/0", "backend",
	  "{\"serviceName\":\"s\",\"servicePort\":80}" },
	{ EMBEDDED "/ingresses/0/spec/rules/0/http/paths/0", "pathType", "null" },
	{ EMBEDDED "/resource/spec/rules/0/http/paths/0", "backend",
	  "{\"serviceName\":\"s\",\"servicePort\":\"http\"}" },
	{ EMBEDDED "/resource/spec", "backend", "{\"serviceName\":\"s\",\"servicePort\":80}" },
	{ EMBEDDED "/resource/metadata/annotations", "kubernetes.io/ingress.class", "\"kubelb\"" },
	{ EMBEDDED "/services/0/metadata", "uid", "\"7c1f\"" },
	{ EMBEDDED "/services/0", "status", "{\"loadBalancer\":{}}" },
	{ EMBEDDED "/services/0/spec", "clusterIP", "\"10.96.0.1\"" },
	{ EMBEDDED "/services/0/spec", "clusterIPs", "[\"10.96.0.1\"]" },
	{ EMBEDDED "/services/0/spec", "selector", "{\"a\":\"b\"}" },
	{ EMBEDDED "/services/0/spec", "externalIPs", "[\"10.96.0.10\"]" },
	{ EMBEDDED "/services/0/spec", "loadBalancerIP", "\"203.0.113.1\"" },
	{ EMBEDDED "/services/0/spec", "loadBalancerClass", "\"x\"" },
	{ EMBEDDED "/services/0/spec", "healthCheckNodePort", "32000" },
	{ EMBEDDED "/services/0/spec/ports/0", "nodePort", "31080" },
	{ EMBEDDED "/services/0/spec", "type", "\"NodePort\"" },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* xorshift64*; never for anything but tests. */
static size_t draw(struct hostile *hostile, size_t below)
{
	hostile->state ^= hostile->state >> 12;
	hostile->state ^= hostile->state << 25;
	hostile->state ^= hostile->state >> 27;
	return (size_t)((hostile->state * 0x2545f4914f6cdd1dULL) >> 33) % below;
}

static json_t *parse(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	ck_assert_msg(value, "%s", text);
	return value;
}

/* A member of an object at random, or NULL. */
static const char *draw_key(struct hostile *hostile, json_t *object)
{
	size_t size = json_object_size(object), n = size ? draw(hostile, size) : 0;
	void *at = json_object_iter(object);

	while (at && n--)
		at = json_object_iter_next(object, at);
	return at ? json_object_iter_key(at) : NULL;
}

/* Walks down by chance to an object or array that has something in it. */
static json_t *draw_container(struct hostile *hostile, json_t *at)
{
	for (;;) {
		json_t *next = NULL;

		if (json_object_size(at))
			next = json_object_get(at, draw_key(hostile, at));
		else if (json_array_size(at))
			next = json_array_get(at, draw(hostile, json_array_size(at)));
		if (!json_object_size(next) && !json_array_size(next))
			return at;
		if (draw(hostile, 6) == 0)
			return at;
		at = next;
	}
}

/* Replaces, removes, doubles or adds one thing anywhere. */
static void bend(struct hostile *hostile, json_t *object)
{
	json_t *at = draw_container(hostile, object);
	const char *key = draw_key(hostile, at);
	size_t index = json_array_size(at) ? draw(hostile, json_array_size(at)) : 0;
	size_t what = draw(hostile, 4);
	json_t *value = parse(values[draw(hostile, COUNT(values))]);

	if (json_is_object(at)) {
		if (what == 0 && key)
			json_object_del(at, key);
		else if (what == 1)
			json_object_set(at, draw(hostile, 2) ? "x" : "a/~\xc3\xa9", value);
		else if (key)
			json_object_set(at, key, value);
	} else if (what == 0) {
		json_array_remove(at, index);
	} else if (what == 1) {
		json_array_insert_new(at, index, json_deep_copy(json_array_get(at, index)));
	} else {
		json_array_set(at, index, value);
	}
	json_decref(value);
}

/* Adds one of the members that the chain knows, where its place exists. */
static void dress(struct hostile *hostile, json_t *object)
{
	size_t i = draw(hostile, COUNT(members));
	json_t *at = pointer_get(object, members[i].at);

	if (json_is_object(at))
		json_object_set_new(at, members[i].key, parse(members[i].value));
}

/* An older client's Ingress. */
static void age(json_t *object)
{
	json_t *ingress = pointer_get(object, EMBEDDED "/resource");
	json_t *path = pointer_get(ingress, "/spec/rules/0/http/paths/0");

	if (!path || !str_equal(json_text(ingress, "kind"), "Ingress"))
		return;
	json_object_set_new(ingress, "apiVersion", json_string("extensions/v1beta1"));
	json_object_set_new(path, "backend", parse("{\"serviceName\":\"s\",\"servicePort\":80}"));
	json_object_del(path, "pathType");
}

void hostile_init(struct hostile *hostile)
{
	*hostile = (struct hostile){ .bases = json_array() };
	for (size_t i = 0; i < COUNT(bases); i++)
		json_array_append_new(hostile->bases, site_read(bases[i]));
}

void hostile_done(struct hostile *hostile)
{
	json_decref(hostile->bases);
}

json_t *hostile_object(struct hostile *hostile, uint64_t seed)
{
	json_t *object;

	hostile->state = (seed + 1) * 0x9e3779b97f4a7c15ULL;
	object = json_deep_copy(
		json_array_get(hostile->bases, draw(hostile, json_array_size(hostile->bases))));
	if (draw(hostile, 4) == 0)
		age(object);
	for (size_t i = draw(hostile, 5); i; i--)
		dress(hostile, object);
	for (size_t i = draw(hostile, 3); i; i--)
		bend(hostile, object);
	return object;
}

json_t *hostile_shuffled(struct hostile *hostile, const json_t *tree)
{
	json_t *copy, *value;
	const char *key;
	size_t i;

	if (json_is_array(tree)) {
		copy = json_array();
		json_array_foreach(tree, i, value)
			json_array_append_new(copy, hostile_shuffled(hostile, value));
		return copy;
	}
	if (!json_is_object(tree))
		return json_deep_copy(tree);
	copy = json_object();
	/* jansson keeps the order of insertion: some members now, the others behind them. */
	json_object_foreach((json_t *)tree, key, value)
		if (draw(hostile, 2))
			json_object_set_new(copy, key, hostile_shuffled(hostile, value));
	json_object_foreach((json_t *)tree, key, value)
		if (!json_object_get(copy, key))
			json_object_set_new(copy, key, hostile_shuffled(hostile, value));
	return copy;
}
