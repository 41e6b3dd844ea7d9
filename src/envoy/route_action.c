/* SPDX-License-Identifier: Apache-2.0 */
/* What an IR route does as Envoy's RouteAction, RedirectAction or DirectResponseAction. */
#include "envoy/route_action.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "envoy/header_changes.h"
#include "envoy/retry_policy.h"
#include "envoy/snippet.h"

/* No cluster ever has this name: what is sent to it gets cluster_not_found_response_code. */
#define NO_CLUSTER "!unresolved"

/* Appends text as RE2 that matches only itself. */
static void quote_regex(struct buf *pattern, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr("\\^$.|?*+()[]{}", text[i]))
			buf_putc(pattern, '\\');
		buf_putc(pattern, text[i]);
	}
}

/* A substitution in which only \N means something. */
static json_t *substitution(const char *text)
{
	CLEANUP(buf_done) struct buf quoted = { 0 };

	for (; *text; text++) {
		if (*text == '\\')
			buf_putc(&quoted, '\\');
		buf_putc(&quoted, *text);
	}
	return json_string(buf_text(&quoted));
}

static void set_regex_rewrite(json_t *json, const char *pattern, const char *replacement)
{
	json_object_set_new(json, "regex_rewrite",
			    json_pack("{s:{s:s}, s:o}", "pattern", "regex", pattern, "substitution",
				      substitution(replacement)));
}

static size_t length_without_slashes(const char *path)
{
	size_t length = strlen(path);

	while (length && path[length - 1] == '/')
		length--;
	return length;
}

/* ReplacePrefixMatch of Gateway API: by path element, so that no slash is lost or doubled, which a
 * plain prefix_rewrite does where either side is the root. */
static void set_prefix_rewrite(json_t *json, const char *prefix, const char *replacement)
{
	CLEANUP(buf_done) struct buf pattern = { 0 };
	size_t matched = length_without_slashes(prefix);
	size_t length = length_without_slashes(replacement);

	if (length) {
		json_object_set_new(
			json, "prefix_rewrite",
			json_sprintf("%.*s%s", (int)length, replacement, matched ? "" : "/"));
		return;
	}
	buf_putc(&pattern, '^');
	quote_regex(&pattern, prefix, matched);
	buf_puts(&pattern, "/*");
	set_regex_rewrite(json, buf_text(&pattern), "/");
}

static const char *redirect_code(uint16_t status)
{
	switch (status) {
	case 301:
		return "MOVED_PERMANENTLY";
	case 303:
		return "SEE_OTHER";
	case 307:
		return "TEMPORARY_REDIRECT";
	case 308:
		return "PERMANENT_REDIRECT";
	default:
		return "FOUND";
	}
}

/* Envoy writes any port that it is told; the one that a scheme implies has no place behind a host
 * that is new as well. Where the host stays, it has to be told, or the request's port would stay. */
static bool port_implied(const struct ir_redirect *redirect)
{
	return redirect->host && ((str_equal(redirect->scheme, "http") && redirect->port == 80) ||
				  (str_equal(redirect->scheme, "https") && redirect->port == 443));
}

static json_t *redirect_describe(const struct ir_redirect *redirect, const struct ir_match *match)
{
	json_t *json = json_pack("{s:s}", "response_code", redirect_code(redirect->status));

	if (redirect->scheme)
		json_object_set_new(json, "scheme_redirect", json_string(redirect->scheme));
	if (redirect->host)
		json_object_set_new(json, "host_redirect", json_string(redirect->host));
	if (redirect->port && !port_implied(redirect))
		json_object_set_new(json, "port_redirect", json_integer(redirect->port));
	if (redirect->full_path)
		json_object_set_new(json, "path_redirect", json_string(redirect->full_path));
	else if (redirect->prefix_path)
		set_prefix_rewrite(json, match->path, redirect->prefix_path);
	return json;
}

static void set_rewrite(json_t *json, const struct ir_rewrite *rewrite,
			const struct ir_match *match)
{
	if (rewrite->host)
		json_object_set_new(json, "host_rewrite_literal", json_string(rewrite->host));
	if (rewrite->full_path)
		set_regex_rewrite(json, "^/.*$", rewrite->full_path);
	else if (rewrite->prefix_path)
		set_prefix_rewrite(json, match->path, rewrite->prefix_path);
}

static json_t *mirrors_describe(const struct ir_route *route)
{
	json_t *list = json_array();

	for (size_t i = 0; i < route->mirrors.count; i++) {
		const struct ir_mirror *mirror = &route->mirrors.items[i];
		assert(mirror->denominator);
		uint64_t million = (uint64_t)mirror->numerator * 1000000 / mirror->denominator;
		json_t *fraction = json_pack("{s:I, s:s}", "numerator", (json_int_t)million,
					     "denominator", "MILLION");

		json_array_append_new(list,
				      json_pack("{s:s, s:{s:o}, s:b}", "cluster", mirror->cluster,
						"runtime_fraction", "default_value", fraction,
						"disable_shadow_host_suffix_append", 1));
	}
	return list;
}

static json_t *weighted_describe(const struct ir_backend *backend)
{
	json_t *json =
		json_pack("{s:s, s:I}", "name", backend->cluster ? backend->cluster : NO_CLUSTER,
			  "weight", (json_int_t)backend->weight);

	header_changes_add(json, "request", &backend->request_headers);
	header_changes_add(json, "response", &backend->response_headers);
	return json;
}

/* The one backend that takes every request, where it is so and needs no headers of its own. */
static const char *only_cluster(const struct ir_route *route)
{
	const struct ir_backend *only = NULL;

	for (size_t i = 0; i < route->backends.count; i++) {
		if (!route->backends.items[i].weight)
			continue;
		if (only)
			return NULL;
		only = &route->backends.items[i];
	}
	if (!only || header_changes_any(&only->request_headers) ||
	    header_changes_any(&only->response_headers))
		return NULL;
	return only->cluster;
}

static bool backends_have(const struct ir_route *route, bool resolved)
{
	for (size_t i = 0; i < route->backends.count; i++) {
		if (route->backends.items[i].weight &&
		    !route->backends.items[i].cluster == !resolved)
			return true;
	}
	return false;
}

static void set_backends(json_t *json, const struct ir_route *route)
{
	const char *only = only_cluster(route);
	json_t *list;

	if (only) {
		json_object_set_new(json, "cluster", json_string(only));
		return;
	}
	list = json_array();
	for (size_t i = 0; i < route->backends.count; i++) {
		if (route->backends.items[i].weight)
			json_array_append_new(list, weighted_describe(&route->backends.items[i]));
	}
	json_object_set_new(json, "weighted_clusters", json_pack("{s:o}", "clusters", list));
	if (backends_have(route, false) && route->unresolved_status == 500)
		json_object_set_new(json, "cluster_not_found_response_code",
				    json_string("INTERNAL_SERVER_ERROR"));
}

static json_t *forward_describe(const struct ir_route *route)
{
	json_t *json = json_object();

	set_backends(json, route);
	json_object_set_new(json, "timeout", snippet_duration(route->timeout_ms));
	if (route->backend_timeout_ms)
		json_object_set_new(json, "retry_policy",
				    retry_policy_describe(route->backend_timeout_ms));
	json_object_set_new(json, "hash_policy",
			    json_pack("[{s:{s:b}}]", "connection_properties", "source_ip", 1));
	if (route->rewrite)
		set_rewrite(json, route->rewrite, &route->match);
	if (route->mirrors.count)
		json_object_set_new(json, "request_mirror_policies", mirrors_describe(route));
	return json;
}

void route_action_add(json_t *json, const struct ir_route *route)
{
	uint16_t status = route->status;

	if (!status && !route->redirect && !backends_have(route, true))
		status = route->unresolved_status;
	if (status)
		json_object_set_new(json, "direct_response",
				    json_pack("{s:i}", "status", (int)status));
	else if (route->redirect)
		json_object_set_new(json, "redirect",
				    redirect_describe(route->redirect, &route->match));
	else
		json_object_set_new(json, "route", forward_describe(route));
}
