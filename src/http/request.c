/* SPDX-License-Identifier: Apache-2.0 */
/* From a request's header to its reply: the route, the ceilings, the client, the body, the handler.
 * What is wrong with a header is decided before a byte of the body is kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/str.h"
#include "http/duration.h"
#include "http/server_internal.h"

#define PATH_MAX_LENGTH 2048
#define ALLOW_SIZE 128

/* What of the header matters here. */
struct header {
	const char *content_length, *content_type, *transfer_encoding;
	bool twice; /* one of those that must stand alone does not */
};

static enum MHD_Result header_collect(void *context, enum MHD_ValueKind kind, const char *name,
				      const char *value)
{
	struct header *header = context;
	const char **place = NULL;

	(void)kind;
	if (strcasecmp(name, "Content-Length") == 0)
		place = &header->content_length;
	else if (strcasecmp(name, "Content-Type") == 0)
		place = &header->content_type;
	else if (strcasecmp(name, "Transfer-Encoding") == 0)
		place = &header->transfer_encoding;
	if (!place)
		return MHD_YES;
	header->twice |= *place != NULL;
	*place = value ? value : "";
	return MHD_YES;
}

static bool path_matches(const struct http_route *route, const char *path)
{
	return str_has_suffix(route->path, "/") ? str_has_prefix(path, route->path)
						: str_equal(path, route->path);
}

static bool method_matches(const struct http_route *route, const char *method)
{
	return str_equal(route->method, method) ||
	       (str_equal(route->method, "GET") && str_equal(method, "HEAD"));
}

/* NULL with *ret_known: the path is there, the method is not. */
static const struct http_route *route_find(const struct http_route *routes, const char *path,
					   const char *method, bool *ret_known)
{
	*ret_known = false;
	for (; routes->path; routes++) {
		if (!path_matches(routes, path))
			continue;
		if (method_matches(routes, method))
			return routes;
		*ret_known = true;
	}
	return NULL;
}

static void refuse(struct connection *connection, unsigned status, const char *reason)
{
	connection->status = status;
	connection->reason = reason;
}

static bool is_json(const char *content_type)
{
	static const char json[] = "application/json";
	const char *rest;

	if (!content_type || strncasecmp(content_type, json, strlen(json)) != 0)
		return false;
	rest = content_type + strlen(json);
	rest += strspn(rest, " \t");
	return *rest == '\0' || *rest == ';';
}

/* RFC 9112 §6: what two readers would cut differently is refused and the connection closed. */
static bool framing_check(struct connection *connection, const struct header *header)
{
	if (header->twice || (header->content_length && header->transfer_encoding))
		refuse(connection, 400, "the length of the body is not clear");
	else if (header->transfer_encoding && strcasecmp(header->transfer_encoding, "chunked") != 0)
		refuse(connection, 400, "this Transfer-Encoding is not supported");
	return connection->status == 0;
}

static void client_refuse(struct connection *connection)
{
	struct refusals *refusals = &connection->server->refusals;
	const struct sockaddr *address = (const struct sockaddr *)&connection->address;

	if (connection->client.standing == CLIENT_NONE) {
		refusal_note(refusals, HTTP_REFUSED_NO_CERTIFICATE, address, "");
		refuse(connection, 403, "a client certificate is required");
		return;
	}
	refusal_note(refusals, HTTP_REFUSED_CERTIFICATE, address, connection->client.why);
	refuse(connection, 403, connection->client.why);
}

static void in_flight_refuse(struct connection *connection)
{
	refusal_note(&connection->server->refusals, HTTP_REFUSED_IN_FLIGHT,
		     (const struct sockaddr *)&connection->address, "");
	refuse(connection, 503, "too many requests are under way");
}

static uint64_t announced_length(const struct header *header)
{
	return header->content_length ? strtoull(header->content_length, NULL, 10) : 0;
}

/* Of a request that has a body: what its header says of it. */
static void body_announced(struct connection *connection, const struct header *header)
{
	const struct http_server *server = connection->server;

	if (!str_equal(connection->route->method, "POST"))
		refuse(connection, 400, "no body is expected");
	else if (!is_json(header->content_type))
		refuse(connection, 415, "the body must be application/json");
	else if (announced_length(header) + atomic_load(&server->bytes_in_flight) >
		 server->options.in_flight_max)
		in_flight_refuse(connection);
}

static void route_choose(struct connection *connection, const char *path, const char *method)
{
	bool known;

	if (strlen(path) > PATH_MAX_LENGTH) {
		refuse(connection, 414, "the path is too long");
		return;
	}
	connection->route = route_find(connection->server->options.routes, path, method, &known);
	if (!connection->route && known)
		refuse(connection, 405, "this method is not served here");
	else if (!connection->route)
		refuse(connection, 404, "there is nothing at this path");
}

/* Answered before its body, a request costs the connection, and a client that still writes may lose
 * the answer with it. So what comes is read and dropped, unless it is too much or nobody knows where
 * it ends. */
static bool body_is_left(const struct connection *connection)
{
	return connection->status == 413 || connection->status == 414 || !connection->framed;
}

static void header_check(struct connection *connection, struct MHD_Connection *http,
			 const char *path, const char *method)
{
	struct header header = { 0 };
	bool has_body;

	MHD_get_connection_values(http, MHD_HEADER_KIND, header_collect, &header);
	connection->content_type = header.content_type ? header.content_type : "";
	connection->framed = framing_check(connection, &header);
	has_body = header.transfer_encoding || announced_length(&header) > 0;
	if (announced_length(&header) > connection->server->options.body_max)
		refuse(connection, 413, "the body is too large");
	else if (connection->framed)
		route_choose(connection, path, method);
	if (connection->status != 0)
		return;
	if (!connection->route->is_public && !connection_is_trusted(connection, http))
		client_refuse(connection);
	else if (has_body)
		body_announced(connection, &header);
	else if (str_equal(method, "POST"))
		refuse(connection, 400, "the body is empty");
}

static void body_add(struct connection *connection, const char *data, size_t length)
{
	struct http_server *server = connection->server;
	uint64_t before;

	if (connection->status != 0)
		return;
	before = atomic_fetch_add(&server->bytes_in_flight, length);
	if (before + length <= server->options.in_flight_max &&
	    buf_add(&connection->body, data, length))
		return;
	atomic_fetch_sub(&server->bytes_in_flight, length);
	connection_drop_body(connection);
	if (before + length > server->options.in_flight_max)
		in_flight_refuse(connection);
	else
		refuse(connection, 413, "the body is too large");
}

static void allow_text(const struct http_route *routes, const char *path, char ret[ALLOW_SIZE])
{
	size_t length = 0;

	ret[0] = '\0';
	for (; routes->path && length < ALLOW_SIZE; routes++)
		if (path_matches(routes, path))
			length += (size_t)snprintf(
				ret + length, ALLOW_SIZE - length, "%s%s", length ? ", " : "",
				str_equal(routes->method, "GET") ? "GET, HEAD" : routes->method);
}

static enum MHD_Result response_send(struct connection *connection, struct MHD_Connection *http,
				     struct http_reply *reply, const char *allow)
{
	size_t length = reply->body.len;
	struct MHD_Response *response = MHD_create_response_from_buffer(
		length, buf_take(&reply->body), MHD_RESPMEM_MUST_FREE);
	enum MHD_Result result;
	char seconds[16];

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", reply->content_type);
	if (allow)
		MHD_add_response_header(response, "Allow", allow);
	if (reply->retry_after_s > 0) {
		snprintf(seconds, sizeof(seconds), "%u", reply->retry_after_s);
		MHD_add_response_header(response, "Retry-After", seconds);
	}
	if (reply->status == 403 ||
	    atomic_load_explicit(&connection->server->draining, memory_order_relaxed))
		MHD_add_response_header(response, "Connection", "close");
	result = MHD_queue_response(http, reply->status, response);
	MHD_destroy_response(response);
	return result;
}

static const char *status_reason(unsigned status)
{
	switch (status) {
	case 400:
		return "BadRequest";
	case 403:
		return "Forbidden";
	case 404:
		return "NotFound";
	case 405:
		return "MethodNotAllowed";
	case 413:
		return "RequestEntityTooLarge";
	case 415:
		return "UnsupportedMediaType";
	case 503:
		return "ServiceUnavailable";
	default:
		return "";
	}
}

/* A metav1.Status: the form in which the API server shows such a text to people. */
static enum MHD_Result refusal_send(struct connection *connection, struct MHD_Connection *http,
				    const char *path)
{
	struct http_reply reply = { .status = connection->status,
				    .content_type = "application/json",
				    .retry_after_s = connection->status == 503 ? 1 : 0 };
	char allow[ALLOW_SIZE];

	buf_printf(&reply.body,
		   "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
		   "\"status\":\"Failure\",\"message\":\"%s\",\"reason\":\"%s\",\"code\":%u}\n",
		   connection->reason, status_reason(connection->status), connection->status);
	if (connection->status != 405)
		return response_send(connection, http, &reply, NULL);
	allow_text(connection->server->options.routes, path, allow);
	return response_send(connection, http, &reply, allow);
}

/* How long the API server says it waits, and never longer than this server lets a request live. */
static uint64_t caller_deadline(const struct connection *connection, struct MHD_Connection *http)
{
	uint64_t ns = connection->server->options.request_timeout_ms * 1000000ull;
	const char *text = MHD_lookup_connection_value(http, MHD_GET_ARGUMENT_KIND, "timeout");
	uint64_t asked;

	if (text && duration_parse(text, &asked) && asked < ns)
		ns = asked;
	return connection->started_ns + ns;
}

static enum MHD_Result request_answer(struct connection *connection, struct MHD_Connection *http,
				      const char *path, const char *method)
{
	struct http_reply reply = { .status = 200, .content_type = "application/json" };
	struct http_request request = {
		.method = method,
		.path = path,
		.content_type = connection->content_type,
		.client = connection->client.name,
		.body = buf_text(&connection->body),
		.length = connection->body.len,
		.deadline_ns = caller_deadline(connection, http),
	};

	connection->route->handle(connection->server->options.context, &request, &reply);
	if (reply.status < 200 || (reply.status >= 300 && reply.status < 400)) {
		log_error("https: a handler of '%s' answered %u", connection->route->path,
			  reply.status);
		reply.status = 500;
	}
	return response_send(connection, http, &reply, NULL);
}

void *request_target(void *worker, const char *uri, struct MHD_Connection *http)
{
	(void)worker;
	(void)uri;
	return MHD_get_connection_info(http, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

enum MHD_Result request_handle(void *worker, struct MHD_Connection *http, const char *path,
			       const char *method, const char *version, const char *data,
			       size_t *length, void **context)
{
	struct connection *connection = *context;

	(void)worker;
	(void)version;
	if (!connection->under_way) {
		connection_begin_request(connection);
		header_check(connection, http, path, method);
		if (connection->status != 0 && body_is_left(connection))
			return refusal_send(connection, http, path);
		return MHD_YES;
	}
	if (*length > 0) {
		body_add(connection, data, *length);
		*length = 0;
		return MHD_YES;
	}
	if (connection->status == 0 && connection->body.len == 0 &&
	    str_equal(connection->route->method, "POST"))
		refuse(connection, 400, "the body is empty");
	if (connection->status != 0)
		return refusal_send(connection, http, path);
	return request_answer(connection, http, path, method);
}

void request_completed(void *worker, struct MHD_Connection *http, void **context,
		       enum MHD_RequestTerminationCode code)
{
	(void)worker;
	(void)http;
	(void)code;
	if (*context)
		connection_end_request(*context);
}
