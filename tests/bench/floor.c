/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of the benchmark: libmicrohttpd over TLS takes a body in and answers a fixed text. No server on
 * that library does the work of a review for less: `floor PORT CERTIFICATE KEY`. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"

enum { PEM_MAX = 64 << 10 };

static const char reply[] = "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
			    "\"response\":{\"uid\":\"705ab4f5-6393-11e8-b7cc-42010a800002\","
			    "\"allowed\":true}}";

static enum MHD_Result serve(void *context, struct MHD_Connection *connection, const char *url,
			     const char *method, const char *version, const char *bytes,
			     size_t *length, void **state)
{
	static int begun;
	struct MHD_Response *response;
	enum MHD_Result result;

	(void)context, (void)url, (void)method, (void)version, (void)bytes;
	if (!*state || *length) {
		*state = &begun;
		*length = 0;
		return MHD_YES;
	}
	response = MHD_create_response_from_buffer(sizeof(reply) - 1, (void *)(uintptr_t)reply,
						   MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "application/json");
	result = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

static char *read_pem(const char *path)
{
	struct buf *text = NULL;
	struct error err;

	if (file_read(path, PEM_MAX, &text, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(EXIT_FAILURE);
	}
	return buf_take(text);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int64_t port;

	if (argc != 4 || !str_to_number(argv[1], 1, 65535, &port)) {
		fputs("usage: floor PORT CERTIFICATE KEY\n", stderr);
		return 2;
	}
	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS | MHD_USE_ERROR_LOG, 0,
			      NULL, NULL, serve, NULL, MHD_OPTION_SOCK_ADDR, &address,
			      MHD_OPTION_HTTPS_MEM_CERT, read_pem(argv[2]),
			      MHD_OPTION_HTTPS_MEM_KEY, read_pem(argv[3]), MHD_OPTION_END))
		return EXIT_FAILURE;
	pause();
	return EXIT_SUCCESS;
}
