/* SPDX-License-Identifier: Apache-2.0 */
/* Where the gRPC server listens: a Unix socket in a folder of ours, or a TCP port with TLS. */
#include <errno.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/memory.h"
#include "net/address.h"
#include "xds/grpc_internal.h"

enum { BACKLOG = 128 };

static void on_accept(struct evconnlistener *socket, evutil_socket_t fd, struct sockaddr *address,
		      int length, void *context)
{
	struct grpc_listener *listener = context;

	(void)socket;
	(void)address;
	(void)length;
	grpc_connection_new(listener->server, fd, listener->context);
}

static void on_again(int fd, short what, void *context)
{
	struct grpc_listener *listener = context;

	(void)fd;
	(void)what;
	evconnlistener_enable(listener->socket);
}

/* Out of descriptors accept() fails at once for ever: let others close some. */
static void on_accept_error(struct evconnlistener *socket, void *context)
{
	static const struct timeval second = { .tv_sec = 1 };
	struct grpc_listener *listener = context;

	log_error("xds: accept: %s", strerror(errno));
	evconnlistener_disable(socket);
	event_add(listener->again, &second);
}

static void listener_new(struct grpc_server *server, int fd, const struct grpc_listener *template)
{
	unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC;
	struct grpc_listener *listener = memory_new(1, sizeof(*listener));

	*listener = *template;
	listener->server = server;
	evutil_make_socket_nonblocking(fd);
	listener->socket = evconnlistener_new(server->base, on_accept, listener, flags, 0, fd);
	listener->again = event_new(server->base, -1, 0, on_again, listener);
	if (!listener->socket || !listener->again)
		memory_exhausted();
	evconnlistener_set_error_cb(listener->socket, on_accept_error);
	LIST_INSERT_HEAD(&server->listeners, listener, link);
}

/* Another process may have put its own socket there meanwhile, which stays. */
static void socket_remove(const struct grpc_listener *listener)
{
	struct stat status;

	if (fstatat(listener->folder, listener->name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    status.st_ino == listener->inode)
		unlinkat(listener->folder, listener->name, 0);
	close(listener->folder);
}

void grpc_listener_free(struct grpc_listener *listener)
{
	LIST_REMOVE(listener, link);
	event_free(listener->again);
	evconnlistener_free(listener->socket);
	if (listener->folder >= 0)
		socket_remove(listener);
	SSL_CTX_free(listener->context);
	free(listener->name);
	free(listener);
}

static int open_folder(const char *path, const char **ret_name, struct error *err)
{
	CLEANUP(buf_done) struct buf folder = { 0 };
	const char *slash = strrchr(path, '/');
	int fd;

	*ret_name = slash ? slash + 1 : path;
	if (!**ret_name)
		return error_set(err, ERROR_INVALID, "%s: a folder, not a socket", path);
	if (!slash)
		buf_puts(&folder, ".");
	else
		buf_add(&folder, path, slash == path ? 1 : (size_t)(slash - path));
	fd = open(buf_text(&folder), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(err, errno, "%s", buf_text(&folder));
	return fd;
}

/* sun_path is short, so that the folder is named by its descriptor. */
static int unix_address(int folder, const char *name, struct sockaddr_un *ret, struct error *err)
{
	int length;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	length =
		snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", folder, name);
	if ((size_t)length >= sizeof(ret->sun_path))
		return error_set(err, ERROR_TOO_LARGE, "%s: too long a name for a socket", name);
	return 0;
}

static int replace_stale(int folder, const char *name, const struct sockaddr_un *address,
			 struct error *err)
{
	struct stat status;
	int probe, failure;

	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_errno(err, errno, "%s", name);
	if (!S_ISSOCK(status.st_mode))
		return error_set(err, ERROR_BUSY, "%s: exists and is no socket", name);
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (probe < 0)
		return error_errno(err, errno, "socket");
	failure = connect(probe, (const struct sockaddr *)address, sizeof(*address)) ? errno : 0;
	close(probe);
	if (failure != ECONNREFUSED)
		return error_set(err, ERROR_BUSY, "%s: another process listens on it", name);
	if (unlinkat(folder, name, 0) < 0)
		return error_errno(err, errno, "%s", name);
	return 0;
}

static int unix_socket(int folder, const char *name, struct error *err)
{
	struct sockaddr_un address;
	int fd, r;

	r = unix_address(folder, name, &address, err);
	if (r == 0)
		r = replace_stale(folder, name, &address, err);
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(err, errno, "socket");
	/* Before it has a name, so that there is no moment in which others may connect. */
	if (fchmod(fd, 0700) < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, BACKLOG) < 0) {
		r = error_errno(err, errno, "%s", name);
		close(fd);
		return r;
	}
	return fd;
}

int grpc_server_listen_unix(struct grpc_server *server, const char *path, struct error *err)
{
	struct grpc_listener listener = { 0 };
	struct stat status = { 0 };
	const char *name;
	int fd;

	listener.folder = open_folder(path, &name, err);
	if (listener.folder < 0)
		return error_prefix(err, "xDS socket");
	fd = unix_socket(listener.folder, name, err);
	if (fd < 0) {
		close(listener.folder);
		return error_prefix(err, "xDS socket '%s'", path);
	}
	fstatat(listener.folder, name, &status, AT_SYMLINK_NOFOLLOW);
	listener.inode = status.st_ino;
	listener.name = memory_strdup(name);
	listener_new(server, fd, &listener);
	return 0;
}

static int resolve(const char *address, struct addrinfo **ret, struct error *err)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
	struct host_port parts;
	char port[8];
	int r;

	if (!host_port_parse(address, &parts))
		return error_set(err, ERROR_INVALID, "xDS address '%s': must be HOST:PORT",
				 address);
	snprintf(port, sizeof(port), "%u", parts.port);
	r = getaddrinfo(parts.host, port, &hints, ret);
	if (r != 0)
		return error_set(err, ERROR_INVALID, "xDS address '%s': %s", address,
				 gai_strerror(r));
	return 0;
}

static int tcp_socket(const struct addrinfo *info)
{
	int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1, failure;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	failure = errno;
	close(fd);
	errno = failure;
	return -1;
}

int grpc_server_listen_tls(struct grpc_server *server, const char *address,
			   struct ssl_ctx_st *context, struct error *err)
{
	struct grpc_listener listener = { .folder = -1, .context = context };
	struct addrinfo *found;
	int fd, failure, r;

	r = resolve(address, &found, err);
	if (r < 0)
		return r;
	fd = tcp_socket(found);
	failure = errno;
	freeaddrinfo(found);
	if (fd < 0 && failure == EADDRINUSE)
		return error_set(err, ERROR_BUSY, "xDS address '%s': in use", address);
	if (fd < 0)
		return error_errno(err, failure, "xDS address '%s'", address);
	SSL_CTX_up_ref(context);
	listener_new(server, fd, &listener);
	return 0;
}
