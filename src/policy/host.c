/* SPDX-License-Identifier: Apache-2.0 */
/* Hostnames as policy compares them. */
#include "policy/host.h"

#include <string.h>

#include "base/str.h"

bool host_canonical(const char *host, char ret[HOST_MAX + 1])
{
	size_t length = host ? strlen(host) : 0;

	if (length && host[length - 1] == '.')
		length--;
	if (!length || length > HOST_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		ret[i] = host[i] >= 'A' && host[i] <= 'Z' ? (char)(host[i] - 'A' + 'a') : host[i];
	ret[length] = '\0';
	return true;
}

bool host_is_catch_all(const char *host)
{
	return str_is_empty(host) || str_equal(host, "*");
}

const char *host_wildcard_base(const char *host)
{
	return str_has_prefix(host, "*.") ? host + 2 : NULL;
}

const char *host_parent(const char *host)
{
	const char *dot = strchr(host, '.');

	return dot && dot[1] ? dot + 1 : NULL;
}

bool host_is_below(const char *host, const char *domain)
{
	size_t host_length = strlen(host), length = strlen(domain);

	return host_length > length + 1 && host[host_length - length - 1] == '.' &&
	       str_equal(host + host_length - length, domain);
}
