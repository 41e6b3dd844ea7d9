/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations of a tenant: a table of what is refused, dropped or looked at. */
#include "policy/annotations.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "base/str.h"

enum effect {
	EFFECT_REFUSED,
	EFFECT_DROPPED,
	EFFECT_DROPPED_UNLESS_LISTED, /* in propagatedAnnotations */
	EFFECT_TEXT,		      /* kept if its value cannot be configuration */
	EFFECT_PRINTABLE,	      /* kept if its value has no control character */
};

static const char configures[] = "injects configuration; must be absent, routes say it in fields";
static const char guards[] =
	"decides who may reach the application, which is not acted on here; must be absent";
static const char steers[] = "dropped: the hub alone gives addresses";
static const char names[] = "dropped: the hub alone makes DNS records and certificates";

/* The first pattern that matches decides. One without '/' is compared with what stands behind the key's
 * domain, any other with the whole key; '*' matches '/' here. */
static const struct {
	const char *pattern;
	enum effect effect;
	const char *why;
} table[] = {
	{ "*snippet*", EFFECT_REFUSED, configures },
	{ "configuration-*", EFFECT_REFUSED, configures },
	{ "*modsecurity*", EFFECT_REFUSED, configures },
	{ "*rewrite*", EFFECT_REFUSED, configures },
	{ "mirror-*", EFFECT_REFUSED, configures },
	{ "auth-*", EFFECT_REFUSED, guards },
	{ "enable-global-auth", EFFECT_REFUSED, guards },
	{ "*basic-auth*", EFFECT_REFUSED, guards },
	{ "satisfy", EFFECT_REFUSED, guards },
	{ "*whitelist*", EFFECT_REFUSED, guards },
	{ "*allowlist*", EFFECT_REFUSED, guards },
	{ "*allow-list*", EFFECT_REFUSED, guards },
	{ "*blacklist*", EFFECT_REFUSED, guards },
	{ "*denylist*", EFFECT_REFUSED, guards },
	{ "*deny-list*", EFFECT_REFUSED, guards },
	{ "*source-range*", EFFECT_REFUSED, guards },
	{ "*inbound-cidrs", EFFECT_REFUSED, guards },
	{ "*waf*acl*", EFFECT_REFUSED, guards },
	{ "router.middlewares", EFFECT_REFUSED, guards },
	{ "konghq.com/plugins", EFFECT_REFUSED, guards },

	{ "external-dns.alpha.kubernetes.io/*", EFFECT_DROPPED, names },
	{ "external-dns.kubernetes.io/*", EFFECT_DROPPED, names },
	{ "external-dns.io/*", EFFECT_DROPPED, names },
	{ "dns.gardener.cloud/*", EFFECT_DROPPED, names },
	{ "cert-manager.io/*", EFFECT_DROPPED, names },
	{ "*.cert-manager.io/*", EFFECT_DROPPED, names },
	{ "certmanager.k8s.io/*", EFFECT_DROPPED, names },
	{ "cert.gardener.cloud/*", EFFECT_DROPPED, names },
	{ "kubernetes.io/tls-acme", EFFECT_DROPPED, names },

	{ "service.beta.kubernetes.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "service.alpha.kubernetes.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "service.kubernetes.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "alb.ingress.kubernetes.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "metallb.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "metallb.universe.tf/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "io.cilium/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "*.cilium.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "kube-vip.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "purelb.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "*.purelb.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "*.kubesphere.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "cloud.google.com/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "networking.gke.io/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "kubernetes.io/ingress.global-static-ip-name", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "kubernetes.io/ingress.regional-static-ip-name", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "*.hetzner.cloud/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "*loadbalancer.openstack.org/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "*.digitalocean.com/*", EFFECT_DROPPED_UNLESS_LISTED, steers },
	{ "*.oraclecloud.com/*", EFFECT_DROPPED_UNLESS_LISTED, steers },

	{ "kubelb.k8c.io/*", EFFECT_PRINTABLE, NULL },
	{ "kubernetes.io/ingress.class", EFFECT_PRINTABLE, NULL },
	{ "*ingress.kubernetes.io/*", EFFECT_TEXT, NULL },
	{ "nginx.org/*", EFFECT_TEXT, NULL },
	{ "nginx.com/*", EFFECT_TEXT, NULL },
	{ "haproxy.org/*", EFFECT_TEXT, NULL },
	{ "haproxy-ingress.github.io/*", EFFECT_TEXT, NULL },
	{ "konghq.com/*", EFFECT_TEXT, NULL },
};

#define ROWS (sizeof(table) / sizeof(*table))

bool annotation_pattern_valid(const char *pattern)
{
	for (const char *c = pattern; *c; c++) {
		if (*c == '\\') {
			if (!*++c)
				return false;
		} else if (*c == '[') {
			/* A bracket at the first place stands for itself. */
			c = c[1] ? strchr(c + 2, ']') : NULL;
			if (!c)
				return false;
		}
	}
	return *pattern != '\0';
}

static bool pattern_matches(const char *pattern, const char *key)
{
	if (!annotation_pattern_valid(pattern))
		return str_equal(pattern, key);
	return fnmatch(pattern, key, FNM_PATHNAME) == 0;
}

/* Is value one of a list with commas and blanks between? An empty list has every value. */
static bool value_listed(const char *list, const char *value)
{
	size_t length = strlen(value);

	if (!*list)
		return true;
	while (*list) {
		const char *item = list + strspn(list, " \t,");
		size_t end = strcspn(item, ","), used = end;

		while (used && (item[used - 1] == ' ' || item[used - 1] == '\t'))
			used--;
		if (used && used == length && strncmp(item, value, length) == 0)
			return true;
		list = item + end;
	}
	return false;
}

static bool is_denied(const struct settings *settings, const char *key)
{
	for (size_t i = 0; i < settings->denied_annotations.count; i++)
		if (pattern_matches(settings->denied_annotations.items[i], key))
			return true;
	return false;
}

static bool is_listed(const struct settings *settings, const char *key, const char *value)
{
	const struct string_map *listed = &settings->propagated_annotations;

	for (size_t i = 0; i < listed->count; i++)
		if (pattern_matches(listed->items[i].key, key) &&
		    value_listed(listed->items[i].value, value))
			return true;
	return false;
}

static bool has_control(const char *value)
{
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return true;
	return false;
}

/* '*' is any run of characters; letters match in either case. What fnmatch() knows beyond that costs
 * more than the rest of a small review. */
static bool row_pattern_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *tried = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			tried = text;
		} else if (tolower((unsigned char)*pattern) == tolower((unsigned char)*text)) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++tried;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool row_matches(size_t row, const char *key)
{
	const char *slash = strrchr(key, '/');
	const char *text = strchr(table[row].pattern, '/') || !slash ? key : slash + 1;

	return row_pattern_matches(table[row].pattern, text);
}

static enum annotation_fate judge_value(const char *value, const char *forbidden,
					const char **ret_why)
{
	if (!has_control(value) && !strpbrk(value, forbidden))
		return ANNOTATION_KEPT;
	*ret_why = *forbidden ? "its value could be read as configuration; must be text without "
				"control characters and {}();$#`\\"
			      : "its value must be text without control characters";
	return ANNOTATION_REFUSED;
}

enum annotation_fate annotation_fate(const struct settings *settings, const char *key,
				     const char *value, const char **ret_why)
{
	bool denied = is_denied(settings, key);
	size_t row = 0;

	while (row < ROWS && !row_matches(row, key))
		row++;
	if (row < ROWS && table[row].effect == EFFECT_REFUSED) {
		*ret_why = table[row].why;
		return ANNOTATION_REFUSED;
	}
	if (denied)
		*ret_why = "dropped: denied by Config or Tenant";
	if (denied || row == ROWS)
		return denied ? ANNOTATION_DROPPED : ANNOTATION_KEPT;
	if (table[row].effect == EFFECT_TEXT)
		return judge_value(value, "{}();$#`\\", ret_why);
	if (table[row].effect == EFFECT_PRINTABLE)
		return judge_value(value, "", ret_why);
	if (table[row].effect == EFFECT_DROPPED_UNLESS_LISTED && is_listed(settings, key, value))
		return has_control(value) ? judge_value(value, "", ret_why) : ANNOTATION_KEPT;
	*ret_why = table[row].why;
	return ANNOTATION_DROPPED;
}
