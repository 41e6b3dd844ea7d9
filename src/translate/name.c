/* SPDX-License-Identifier: Apache-2.0 */
/* Names of parts, and the owners of addresses. */
#include "translate/name.h"

#include <stdarg.h>

#include "base/buf.h"
#include "translate/translate.h"

static void add_part(struct buf *name, const char *part)
{
	for (; *part; part++) {
		if (*part == '/')
			buf_puts(name, "%2F");
		else if (*part == '%')
			buf_puts(name, "%25");
		else
			buf_putc(name, *part);
	}
}

const char *name_join(struct arena *arena, ...)
{
	CLEANUP(buf_done) struct buf name = { 0 };
	const char *part;
	va_list parts;
	size_t n = 0;

	va_start(parts, arena);
	while ((part = va_arg(parts, const char *))) {
		if (n++)
			buf_putc(&name, '/');
		add_part(&name, part);
	}
	va_end(parts);
	return arena_strdup(arena, buf_text(&name));
}

const char *name_number(struct arena *arena, long number)
{
	return arena_printf(arena, "%ld", number);
}

const char *name_listener(struct arena *arena, const char *namespace, const char *address,
			  uint16_t port, bool udp)
{
	return name_join(arena, namespace, udp ? "udp" : "tcp", address, name_number(arena, port),
			 NULL);
}

const char *owner_key_load_balancer(struct arena *arena, const char *namespace, const char *name)
{
	return name_join(arena, "load-balancer", namespace, name, NULL);
}

const char *owner_key_gateway(struct arena *arena, const char *namespace,
			      const char *origin_namespace, const char *name)
{
	return name_join(arena, "gateway", namespace, origin_namespace, name, NULL);
}

const char *owner_key_ingresses(struct arena *arena, const char *namespace)
{
	return name_join(arena, "ingresses", namespace, NULL);
}
